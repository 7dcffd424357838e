import { faultText } from '../config/fault.ts'
import type { Fault } from '../config/fault.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedGood } from '../config/load.ts'
import { loadDatabases } from '../geo/load.ts'
import { lintOf, lintText } from './check/lint.ts'
import type { LintFault } from './check/lint.ts'
import { testsOf } from './check/tests.ts'
import type { TestResult } from './check/tests.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { ANUBIS, refuseUsage } from './outcome.ts'

/** What `--json` prints of one file. */
interface CheckedFile {
  readonly file: string
  readonly ok: boolean
  /** True when it has none of tollgate's own keys. */
  readonly anubis: boolean
  /** What is wrong with the file, tests that fail included. */
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly lint: readonly LintFault[]
  readonly tests: readonly TestResult[]
}

const DEFAULTS = 'built-in defaults'

/** Databases that the gateway could not start with. */
const databaseFaults = ({ config, places }: LoadedGood): readonly Fault[] => {
  const databases = loadDatabases(config.databases)
  if (databases.ok) return []
  return databases.faults.map(({ key, fault }) => {
    const path = ['databases', key]
    return { ...places.nearest(path).value, message: `${places.text(path)} ${fault}` }
  })
}

const checkFile = async (name: string | undefined, strict: boolean, io: Io): Promise<CheckedFile> => {
  const file = name ?? DEFAULTS
  const loaded = loadConfig({ ...(name === undefined ? {} : { file: name }), env: io.env })
  if (!loaded.ok) {
    return { file, ok: false, anubis: false, faults: loaded.faults, warnings: [], lint: [], tests: [] }
  }
  const lint = lintOf(loaded)
  const tests = await testsOf(loaded)
  const faults = [...databaseFaults(loaded), ...tests.flatMap(({ fault }) => fault ?? [])]
  const ok = faults.length === 0 && !(strict && lint.length > 0)
  return { file, ok, anubis: loaded.anubis, faults, warnings: loaded.warnings, lint, tests }
}

const printChecked = ({ file, ok, anubis, faults, warnings, lint, tests }: CheckedFile, io: Io): void => {
  for (const fault of faults) io.err(`${faultText(fault)}\n`)
  for (const { message, ...place } of warnings)
    io.err(`${faultText({ ...place, message: `warning: ${message}` })}\n`)
  for (const finding of lint) io.err(`${lintText(finding)}\n`)
  const passed = tests.length === 0 ? '' : ` (${tests.length} tests passed)`
  if (ok) io.out(`${file}: ok${anubis ? `, ${ANUBIS}` : ''}${passed}\n`)
}

/** All of it in one object: what all files have in common to be told, and each file for itself. */
const jsonOf = (files: readonly CheckedFile[], ok: boolean): string => {
  const all = <Key extends 'faults' | 'warnings' | 'lint' | 'tests'>(key: Key) =>
    files.flatMap((file): CheckedFile[Key][number][] => [...file[key]])
  const told = { faults: all('faults'), warnings: all('warnings'), lint: all('lint'), tests: all('tests') }
  return `${JSON.stringify({ ok, ...told, files }, null, 2)}\n`
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'validate configuration files without side effects',
  usage: `tollgate check [FILE…] [--strict] [--json]

Reads each configuration file and its rules, runs the tests that stand in it, and tells all faults at once on standard
error as FILE:LINE:COLUMN: MESSAGE. What is allowed but hardly meant follows as a warning, with its code in brackets
when the rules themselves are odd: unreachable, shadowed, spoofable, overlap, threshold-gap and more. A good file gets
one line on standard output. Without a file the built-in defaults are checked. Nothing is looked up and nothing is
written. Exit status: 0 when all files are good, 1 otherwise.

  --strict   odd rules are faults
  --json     print {ok, faults, warnings, lint, tests, files} on standard output instead
`,
  async run(args, io) {
    const options = { json: { type: 'boolean' }, strict: { type: 'boolean' } } as const
    const flags = parseFlags(args, { options, positionals: [0, Infinity] })
    if (!flags.ok) return refuseUsage(io, checkCommand, flags.fault)
    const names = flags.value.positionals
    const files: CheckedFile[] = []
    for (const name of names.length === 0 ? [undefined] : names)
      files.push(await checkFile(name, flags.value.has('strict'), io))
    const ok = files.every((file) => file.ok)
    if (flags.value.has('json')) io.out(jsonOf(files, ok))
    else for (const file of files) printChecked(file, io)
    return ok ? 0 : 1
  },
}
