import { configJsonSchema } from '../config/schema.ts'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { refuseUsage } from './outcome.ts'

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of the configuration file',
  usage: `tollgate schema

Prints the JSON Schema (draft 2020-12) of the configuration file on standard output. Editors find it by the first line
of config.example.yaml.
`,
  async run(args, io) {
    const flags = parseFlags(args, { options: {}, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, schemaCommand, flags.fault)
    io.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    return 0
  },
}
