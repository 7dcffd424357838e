import { z } from 'zod'
import { faultText } from '../config/fault.ts'
import { ADMIN_FLAGS, ADMIN_USAGE, askAdmin } from './admin-client.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'

const faultSchema = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
})

const reportSchema = z.object({
  ok: z.boolean(),
  changes: z.array(z.string()),
  needsRestart: z.array(z.string()),
  faults: z.array(faultSchema),
  warnings: z.array(faultSchema),
})

type Report = z.output<typeof reportSchema>

const print = ({ ok, changes, needsRestart, faults, warnings }: Report, io: Io): void => {
  for (const warning of warnings) io.err(`warning: ${faultText(warning)}\n`)
  for (const fault of faults) io.err(`${faultText(fault)}\n`)
  for (const change of changes) io.out(`${change}\n`)
  for (const waiting of needsRestart) io.out(`needs a restart: ${waiting}\n`)
  if (!ok) io.err('nothing has changed\n')
  else if (changes.length + needsRestart.length === 0) io.out('nothing is different\n')
}

export const reloadCommand: Command = {
  name: 'reload',
  summary: 'have a running gateway read its configuration again',
  usage: `tollgate reload [--admin URL] [--token-file FILE]

Has a running gateway read its configuration again and prints what is different. A configuration with faults changes
nothing: then the faults are printed. Exit status: 0 when the configuration is in force, 1 otherwise.

${ADMIN_USAGE}`,
  async run(args, io) {
    const flags = parseFlags(args, { options: ADMIN_FLAGS, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, reloadCommand, flags.fault)
    const reply = await askAdmin(flags.value, { method: 'POST', path: '/api/reload', body: {} })
    if (!reply.ok) return fail(io, reloadCommand, reply.fault)
    const report = reportSchema.safeParse(reply.value.json)
    if (!report.success)
      return fail(io, reloadCommand, `the gateway answered with status ${reply.value.status}`)
    print(report.data, io)
    return report.data.ok ? 0 : 1
  },
}
