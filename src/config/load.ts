import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { anubisDefaults, keptRules, withoutEmptyParameters } from './anubis.ts'
import { completeConfig } from './complete.ts'
import { MOST_TOKENS, parseYaml } from './document.ts'
import type { TokenBudget, YamlText } from './document.ts'
import type { Environment } from './environment.ts'
import { expandRuleLists } from './expand.ts'
import { sortedFaults } from './fault.ts'
import type { Fault } from './fault.ts'
import { faultsOf } from './issues.ts'
import { mainDocumentOf } from './main-document.ts'
import type { MainDocument } from './main-document.ts'
import type { Places } from './places.ts'
import { policiesFindings } from './policies.ts'
import { configJsonSchema, configSchema } from './schema.ts'
import type { Config } from './schema.ts'
import { shownValue } from './shown.ts'
import { createSources } from './sources.ts'
import type { Sources } from './sources.ts'
import { warningsOf } from './warnings.ts'

/** Flags of the command line that stand above the file. */
export interface ConfigFlags {
  readonly upstream?: string
  readonly listen?: string | readonly string[]
}

export interface LoadParts {
  /** Read unless `text` is given, which it then only names. Without both, all is as by default. */
  readonly file?: string
  readonly text?: string
  readonly flags?: ConfigFlags
  readonly env: Environment
  /** What `workers: auto` stands for; the number of cores by default. */
  readonly cores?: number
  /** The folder that `(data)/` stands for; that of the package by default. */
  readonly builtin?: string
  /** Where imports are looked for that do not stand beside the importing file; by default that of the process. */
  readonly cwd?: string
}

/** Every file that was read or tried, without symbolic links: what a watch must look at. */
interface Read {
  readonly sources: readonly string[]
}

export interface LoadedGood extends Read {
  readonly ok: true
  readonly config: Config
  readonly warnings: readonly Fault[]
  /** True when the file has none of tollgate's own keys, and so was read as Anubis reads it. */
  readonly anubis: boolean
  /** Where everything stands, imported rules included. */
  readonly places: Places
}

export interface LoadedBad extends Read {
  readonly ok: false
  readonly faults: readonly Fault[]
}

export type LoadedConfig = LoadedGood | LoadedBad

const FLAGS = ['upstream', 'listen'] as const
const BUILT_IN = join(import.meta.dirname, '../../data')

/** The text that stands in for a file, or the file. */
const yamlOf = ({ file, text }: LoadParts, sources: Sources, budget: TokenBudget): Parsed<YamlText> => {
  if (text === undefined && file !== undefined) {
    const read = sources.read(file, file)
    return read.ok ? good(read.value.yaml) : read
  }
  return good(parseYaml(file ?? 'config', (text ?? '').replace(/^\uFEFF/, ''), budget))
}

const withFlags = ({ data, places }: MainDocument, flags: ConfigFlags): Record<string, unknown> => {
  const merged: Record<string, unknown> = { ...data }
  for (const flag of FLAGS) {
    const value = flags[flag]
    if (value === undefined) continue
    const position = { file: `--${flag}`, line: 0, column: 0 }
    const place = { key: position, value: position, shown: shownValue(value) }
    merged[flag] = value
    places.set([flag], place)
    if (Array.isArray(value))
      value.forEach((entry, i) => places.set([flag, i], { ...place, shown: shownValue(entry) }))
  }
  return merged
}

const standsAt = ({ file, line, column }: Fault): string => `${file}:${line}:${column}`

// A value that could not be read at all is also no good value; that needs saying once.
const joinFaults = (first: readonly Fault[], second: readonly Fault[]): Fault[] => {
  const told = new Set(first.map(standsAt))
  return [...first, ...second.filter((fault) => !told.has(standsAt(fault)))]
}

/** Reads, checks and completes a configuration. Faults come all at once, in the order of the files. */
export const loadConfig = (parts: LoadParts): LoadedConfig => {
  const budget: TokenBudget = { left: MOST_TOKENS }
  const sources = createSources(budget)
  const file = parts.file ?? 'config'
  const refused = (faults: readonly Fault[]): LoadedBad => ({
    ok: false,
    faults: sortedFaults(faults, [file, ...sources.names()]),
    sources: sources.paths(),
  })
  const yaml = yamlOf(parts, sources, budget)
  if (!yaml.ok) return refused([{ file, line: 1, column: 1, message: yaml.fault }])
  const schema = configJsonSchema()
  const main = mainDocumentOf(yaml.value, parts.env, schema)
  if (!main.readable) return refused(main.faults)
  const anubis = main.reading === 'anubis'
  const { env, builtin = BUILT_IN, cwd = process.cwd() } = parts
  const isFile = parts.text === undefined && parts.file !== undefined
  const lists = expandRuleLists({
    main: { ...main, data: withFlags(main, parts.flags ?? {}) },
    sources,
    schema,
    env,
    folders: { builtin, cwd },
    file: isFile ? file : undefined,
    keep: anubis ? keptRules : (entries) => entries,
  })
  const { places, entriesAt } = lists
  const warnings = [...main.warnings, ...lists.warnings]
  const onWarning = (warning: Fault): void => void warnings.push(warning)
  const data = anubis ? anubisDefaults(lists.data, places, onWarning) : withoutEmptyParameters(lists.data)
  const parsed = configSchema.safeParse(data)
  const policies = policiesFindings({ data, places, entriesAt, lenient: anubis })
  const faults = joinFaults(
    [...main.faults, ...lists.faults],
    [...(parsed.success ? [] : faultsOf(parsed.error.issues, places, schema)), ...policies.faults],
  )
  if (!parsed.success || faults.length > 0) return refused(faults)
  const cores = Math.min(64, parts.cores ?? availableParallelism())
  const complete = completeConfig({ parsed: parsed.data, places, entriesAt, cores })
  if (complete.faults.length > 0) return refused(complete.faults)
  const { config } = complete
  warnings.push(...policies.warnings, ...complete.warnings, ...warningsOf(config, places, data))
  return {
    ok: true,
    config,
    warnings: sortedFaults(warnings, [file, ...sources.names()]),
    anubis,
    places,
    sources: sources.paths(),
  }
}
