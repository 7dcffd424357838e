import { faultText } from '../config/fault.ts'
import type { Fault } from '../config/fault.ts'
import { loadConfig } from '../config/load.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { refuseUsage } from './outcome.ts'

/** What `--json` prints of one file. */
interface CheckedFile {
  readonly file: string
  readonly ok: boolean
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

const DEFAULTS = 'built-in defaults'

const checkFile = (file: string | undefined, io: Io): CheckedFile => {
  const loaded = loadConfig({ ...(file === undefined ? {} : { file }), env: io.env })
  const faults = loaded.ok ? [] : loaded.faults
  return { file: file ?? DEFAULTS, ok: loaded.ok, faults, warnings: loaded.ok ? loaded.warnings : [] }
}

const printChecked = ({ file, ok, faults, warnings }: CheckedFile, io: Io): void => {
  for (const fault of faults) io.err(`${faultText(fault)}\n`)
  for (const { message, ...place } of warnings)
    io.err(`${faultText({ ...place, message: `warning: ${message}` })}\n`)
  if (ok) io.out(`${file}: ok\n`)
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'validate configuration files without side effects',
  usage: `tollgate check [FILE…] [--json]

Reads each configuration file and its rules, and tells all faults at once on standard error as
FILE:LINE:COLUMN: MESSAGE. A good file gets one line on standard output. Without a file the built-in defaults are
checked. Exit status: 0 when all files are good, 1 otherwise.

  --json   print {ok, files: [{file, ok, faults, warnings}]} on standard output instead
`,
  async run(args, io) {
    const flags = parseFlags(args, { options: { json: { type: 'boolean' } }, positionals: [0, Infinity] })
    if (!flags.ok) return refuseUsage(io, checkCommand, flags.fault)
    const names = flags.value.positionals
    const files = (names.length === 0 ? [undefined] : names).map((name) => checkFile(name, io))
    const ok = files.every((file) => file.ok)
    if (flags.value.has('json')) io.out(`${JSON.stringify({ ok, files }, null, 2)}\n`)
    else for (const file of files) printChecked(file, io)
    return ok ? 0 : 1
  },
}
