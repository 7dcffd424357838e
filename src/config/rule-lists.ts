import { dirname } from 'node:path'
import { documentDataOf } from './document.ts'
import type { DocumentData } from './document.ts'
import type { Environment } from './environment.ts'
import type { Fault } from './fault.ts'
import { importedFiles } from './imports.ts'
import type { ImportFolders, ImportingFile } from './imports.ts'
import type { ListEntry, Path, Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import type { SourceFile, Sources } from './sources.ts'
import type { Reading } from './walk.ts'

const DEEPEST = 8
const MOST_IMPORTS = 10_000
/** Entries and imports that all lists together may have once everything is imported. */
const MOST_ENTRIES = 100_000

/** A rule of a list after all imports. */
export interface RuleEntry extends ListEntry {
  readonly data: unknown
}

/** A list of rules and where it stands. */
export interface RuleList {
  readonly entries: readonly unknown[]
  readonly places: Places
  /** Of the list. */
  readonly path: Path
}

/** The file of a list, and the files that led to it. */
interface Trail extends ImportingFile {
  readonly chain: readonly { readonly path: string; readonly shown: string }[]
}

export interface RuleListsParts {
  readonly sources: Sources
  readonly folders: ImportFolders
  readonly env: Environment
  /** What may stand in a list of rules. */
  readonly schema: JsonSchema
  /** How an imported document is to be read once its data is known. */
  readonly readingOf: (data: unknown) => Reading
  readonly onFault: (fault: Fault) => void
  readonly onWarning: (warning: Fault) => void
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isImport = (entry: unknown): entry is { readonly import: unknown } =>
  isMapping(entry) && Object.hasOwn(entry, 'import')

const importKeyOf = (entry: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(entry).find((key) => key !== 'import')

/** Puts what `import` names in the place of the import, and what that imports, until only rules are left. */
export const createRuleLists = (parts: RuleListsParts) => {
  const { sources, folders, env, schema, readingOf, onFault, onWarning } = parts
  const read = new Map<string, readonly DocumentData[]>()
  let left = MOST_ENTRIES
  let importsLeft = MOST_IMPORTS

  const told = (list: RuleList, index: number, message: string, tell: (fault: Fault) => void): void => {
    const path = [...list.path, index, 'import']
    tell({ ...list.places.nearest(path).value, message: `${list.places.text(path)} ${message}` })
  }

  const documentsOf = ({ path, yaml }: SourceFile): readonly DocumentData[] => {
    const before = read.get(path)
    if (before !== undefined) return before
    for (const fault of yaml.faults) onFault(fault)
    const documents = yaml.documents.map((document) => {
      const own = documentDataOf({ yaml, document, env, schema, reading: 'own' })
      const reading = readingOf(own.data)
      return reading === 'own' ? own : documentDataOf({ yaml, document, env, schema, reading })
    })
    for (const { faults, warnings } of documents) {
      for (const fault of faults) onFault(fault)
      for (const warning of warnings) onWarning(warning)
    }
    read.set(path, documents)
    return documents
  }

  const rulesOfDocument = ({ data, places }: DocumentData, trail: Trail): readonly RuleEntry[] => {
    if (Array.isArray(data)) return expanded({ entries: data, places, path: [] }, trail)
    if (data === null || data === undefined) return []
    const isPolicy = isMapping(data) && Object.hasOwn(data, 'bots')
    const message = isPolicy
      ? 'is a whole policy file; only a list of rules can be imported, so move the entries of its bots to a file of their own'
      : `must be a list of rules, got ${places.nearest([]).shown}`
    onFault({ ...places.nearest([]).value, message })
    return []
  }

  const importedRules = (list: RuleList, index: number, name: string, trail: Trail): readonly RuleEntry[] => {
    const files = importedFiles(name, trail, folders)
    if (!files.ok) {
      told(list, index, `"${name}" ${files.fault}`, onFault)
      return []
    }
    return files.value.flatMap(({ path, shown }) => {
      const source = sources.read(path, shown)
      if (!source.ok) {
        told(list, index, `"${name}": ${shown} ${source.fault}`, onFault)
        return []
      }
      return rulesOfFile(list, index, source.value, trail)
    })
  }

  const seenBy = new WeakMap<Places, Map<string, number>>()

  const rulesOfFile = (
    list: RuleList,
    index: number,
    source: SourceFile,
    trail: Trail,
  ): readonly RuleEntry[] => {
    const { path, shown } = source
    const from = trail.chain.findIndex((link) => link.path === path)
    if (from >= 0) {
      const names = [...trail.chain.slice(from).map((link) => link.shown), shown].join(' → ')
      told(list, index, `goes in a circle: ${names}`, onFault)
      return []
    }
    if (trail.chain.length > DEEPEST) {
      told(list, index, `is nested too deeply: at most ${DEEPEST} files may import one another`, onFault)
      return []
    }
    noteTwice(list, index, source)
    const chain = [...trail.chain, { path, shown }]
    const inner: Trail = { shown, folder: dirname(path), chain }
    return documentsOf(source).flatMap((document) => rulesOfDocument(document, inner))
  }

  const noteTwice = (list: RuleList, index: number, { path, shown }: SourceFile): void => {
    const seen = seenBy.get(list.places) ?? new Map<string, number>()
    seenBy.set(list.places, seen)
    const key = JSON.stringify([list.path, path])
    const before = seen.get(key)
    if (before !== undefined && before !== index)
      told(list, index, `names ${shown}, which was imported before`, onWarning)
    if (before === undefined) seen.set(key, index)
  }

  const expanded = (list: RuleList, trail: Trail): readonly RuleEntry[] =>
    list.entries.flatMap((entry, index): readonly RuleEntry[] => {
      if (left-- <= 0) {
        if (left === -1) told(list, index, `comes to more than ${MOST_ENTRIES} rules and imports`, onFault)
        return []
      }
      if (!isImport(entry)) return [{ data: entry, places: list.places, path: [...list.path, index] }]
      const other = importKeyOf(entry)
      if (other !== undefined) {
        told(list, index, `must stand alone; "${other}" belongs to an entry of its own`, onFault)
      } else if (importsLeft-- <= 0) {
        if (importsLeft === -1) told(list, index, `comes to more than ${MOST_IMPORTS} imports`, onFault)
      } else if (typeof entry.import === 'string') {
        return importedRules(list, index, entry.import, trail)
      } else if (entry.import !== undefined) {
        const { shown } = list.places.nearest([...list.path, index, 'import'])
        told(list, index, `must be the path of a file, got ${shown}`, onFault)
      }
      return []
    })

  return { expand: (list: RuleList, from: Trail): readonly RuleEntry[] => expanded(list, from) }
}
