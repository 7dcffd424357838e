import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Environment } from './environment.ts'
import type { Fault } from './fault.ts'
import type { ImportFolders } from './imports.ts'
import type { MainDocument } from './main-document.ts'
import { createMountedPlaces } from './places.ts'
import type { Mount, Path, Places } from './places.ts'
import { createRuleLists } from './rule-lists.ts'
import type { RuleEntry } from './rule-lists.ts'
import type { JsonSchema } from './schema.ts'
import type { Sources } from './sources.ts'
import type { Reading } from './walk.ts'

type Mapping = Readonly<Record<string, unknown>>

export interface ExpandParts {
  readonly main: MainDocument
  readonly sources: Sources
  readonly folders: ImportFolders
  readonly env: Environment
  /** Of the whole document. */
  readonly schema: JsonSchema
  /** The main file as the operator named it; absent when there is none. */
  readonly file: string | undefined
  /** What is kept of the rules of a list. */
  readonly keep: (entries: readonly RuleEntry[], onWarning: (warning: Fault) => void) => readonly RuleEntry[]
}

/** The document with flat lists of rules, and the places of all that is in it. */
export interface ExpandedDocument {
  readonly data: Mapping
  readonly places: Places
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  /** The rules of the list that stands at a path. */
  entriesAt(path: Path): readonly RuleEntry[]
}

interface ExpandedList extends Mount {
  readonly entries: readonly RuleEntry[]
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where lists of rules stand in a document. */
const listPaths = (data: Mapping): Path[] => {
  const sites = isMapping(data['sites']) ? Object.entries(data['sites']) : []
  const inSites = sites.flatMap(([host, site]): Path[] =>
    isMapping(site) && Array.isArray(site['bots']) ? [['sites', host, 'bots']] : [],
  )
  return Array.isArray(data['bots']) ? [['bots'], ...inSites] : inSites
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce((value: unknown, step) => (isMapping(value) ? value[String(step)] : undefined), data)

const withValue = (data: Mapping, path: Path, value: unknown): Mapping => {
  const [step, ...rest] = path
  const child = data[String(step)]
  const changed = rest.length === 0 ? value : withValue(isMapping(child) ? child : {}, rest, value)
  return { ...data, [String(step)]: changed }
}

const realPathOf = (file: string): string => {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

/** Puts the rules of imported files in the place of every import. */
export const expandRuleLists = (parts: ExpandParts): ExpandedDocument => {
  const { main, sources, folders, env, schema, file } = parts
  const faults: Fault[] = []
  const warnings: Fault[] = []
  const onFault = (fault: Fault): void => void faults.push(fault)
  const onWarning = (warning: Fault): void => void warnings.push(warning)
  // Snippets of an Anubis file may still be ours, and those of ours are never read as leniently.
  const readingOf = (data: unknown): Reading =>
    main.reading === 'anubis' && !main.ownKeys.inRules(data) ? 'anubis' : 'own'
  const lists = createRuleLists({
    sources,
    folders,
    env,
    readingOf,
    onFault,
    onWarning,
    schema: schema.properties?.['bots'] ?? {},
  })
  const real = file === undefined ? undefined : realPathOf(file)
  const trail = {
    shown: file ?? 'config',
    folder: real === undefined ? folders.cwd : dirname(real),
    chain: real === undefined || file === undefined ? [] : [{ path: real, shown: file }],
  }
  const expanded = listPaths(main.data).map((path): ExpandedList => {
    const value = valueAt(main.data, path)
    const entries = Array.isArray(value)
      ? lists.expand({ entries: value, places: main.places, path }, trail)
      : []
    return { path, entries: parts.keep(entries, onWarning) }
  })
  return {
    data: expanded.reduce(
      (data, { path, entries }) =>
        withValue(
          data,
          path,
          entries.map((entry) => entry.data),
        ),
      main.data,
    ),
    places: createMountedPlaces(main.places, expanded),
    faults,
    warnings,
    entriesAt: (path) =>
      expanded.find(
        (list) => list.path.length === path.length && list.path.every((step, i) => step === path[i]),
      )?.entries ?? [],
  }
}
