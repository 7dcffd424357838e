import { LineCounter, parseDocument } from 'yaml'
import type { YAMLError } from 'yaml'
import type { Environment } from './environment.ts'
import type { Fault, Position } from './fault.ts'
import { createPlaces } from './places.ts'
import type { Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import { createWalker } from './walk.ts'

/** A document as plain data, with the place of everything in it. */
export interface DocumentData {
  readonly data: Readonly<Record<string, unknown>>
  readonly places: Places
  readonly faults: readonly Fault[]
  /** False when nothing more can be said of the document than its faults. */
  readonly readable: boolean
}

export interface DocumentParts {
  readonly file: string
  readonly text: string
  readonly env: Environment
  /** What may stand in it; decides only how environment variables and empty sections are read. */
  readonly schema: JsonSchema
}

const YAML_OPTIONS = {
  prettyErrors: false,
  version: '1.2',
  // The library compares every key with every other; the walker does it with a table.
  uniqueKeys: false,
} as const

const YAML_FAULTS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document starts here; one file holds one document',
  TAB_AS_INDENT: 'a tab is not allowed as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not known',
}

const yamlMessage = (error: YAMLError): string =>
  YAML_FAULTS[error.code] ?? `not YAML: ${error.message.split('\n')[0]}`

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const MOST_LINES = 200_000

// The lexer takes its time over empty lines; no honest file has that many.
const hasTooManyLines = (text: string): boolean => {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines > MOST_LINES) return true
  }
  return false
}

const positionIn = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

// What the YAML library would read on without a word, or too slowly.
const textFault = (file: string, text: string): Fault | undefined => {
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const message = 'a NUL character stands here; this is not a text file'
    return { file, ...positionIn(text, nul), message }
  }
  return hasTooManyLines(text)
    ? { file, line: MOST_LINES, column: 1, message: `has more than ${MOST_LINES} lines` }
    : undefined
}

/** Reads YAML 1.2 (core schema); every fault is told, none thrown. An empty document is an empty mapping. */
export const parseDocumentData = ({ file, text, env, schema }: DocumentParts): DocumentData => {
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const start: Position = { file, line: 1, column: 1 }
  const places = createPlaces({ key: start, value: start, shown: 'nothing' })
  const faults: Fault[] = []
  const unreadable = (fault?: Fault): DocumentData => {
    if (fault !== undefined) faults.push(fault)
    return { data: {}, places, faults, readable: false }
  }
  const wrongText = textFault(file, text)
  if (wrongText !== undefined) return unreadable(wrongText)
  try {
    const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines })
    for (const error of [...document.errors, ...document.warnings]) {
      faults.push({ ...at(error.pos[0]), message: yamlMessage(error) })
    }
    if (faults.length > 0) return unreadable()
    const walker = createWalker({ document, at, env, places, onFault: (fault) => void faults.push(fault) })
    const data = walker.dataOf(schema)
    if (isMapping(data)) return { data, places, faults, readable: true }
    const { value, shown } = places.nearest([])
    return unreadable({ ...value, message: `must be a mapping of keys to values, got ${shown}` })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return unreadable({ ...start, message: 'is nested too deeply' })
  }
}
