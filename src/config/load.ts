import { availableParallelism } from 'node:os'
import type { Parsed } from '../base/parsed.ts'
import { parseDocumentData } from './document.ts'
import type { DocumentData } from './document.ts'
import type { Environment } from './environment.ts'
import { sortedFaults } from './fault.ts'
import type { Fault } from './fault.ts'
import { faultsOf } from './issues.ts'
import { policyFaults } from './policy-faults.ts'
import { decodeText, readRegularFile } from './read.ts'
import { configJsonSchema, configSchema } from './schema.ts'
import type { Config } from './schema.ts'
import { shownValue } from './shown.ts'
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
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly Fault[] }

const FLAGS = ['upstream', 'listen'] as const

const textOf = ({ file, text }: LoadParts): Parsed<string> => {
  if (text !== undefined) return { ok: true, value: text.replace(/^\uFEFF/, '') }
  if (file === undefined) return { ok: true, value: '' }
  const bytes = readRegularFile(file)
  return bytes.ok ? decodeText(bytes.value) : bytes
}

const withFlags = ({ data, places }: DocumentData, flags: ConfigFlags): Record<string, unknown> => {
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

/** Reads, checks and completes a configuration. Faults come all at once, in the order of the file. */
export const loadConfig = (parts: LoadParts): LoadedConfig => {
  const file = parts.file ?? 'config'
  const text = textOf(parts)
  if (!text.ok) return { ok: false, faults: [{ file, line: 1, column: 1, message: text.fault }] }
  const schema = configJsonSchema()
  const document = parseDocumentData({ file, text: text.value, env: parts.env, schema })
  if (!document.readable) return { ok: false, faults: sortedFaults(document.faults) }
  const data = withFlags(document, parts.flags ?? {})
  const parsed = configSchema.safeParse(data)
  const faults = joinFaults(document.faults, [
    ...(parsed.success ? [] : faultsOf(parsed.error.issues, document.places, schema)),
    ...policyFaults(data, document.places),
  ])
  if (!parsed.success || faults.length > 0) return { ok: false, faults: sortedFaults(faults) }
  const { workers, ...rest } = parsed.data
  const cores = Math.min(64, parts.cores ?? availableParallelism())
  const config: Config = { ...rest, workers: workers === 'auto' ? cores : workers }
  return { ok: true, config, warnings: warningsOf(config, document.places) }
}
