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
}

export interface DocumentParts {
  readonly file: string
  readonly text: string
  readonly env: Environment
  /** What may stand in it; decides only how environment variables and empty sections are read. */
  readonly schema: JsonSchema
}

const YAML_FAULTS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document starts here; one file holds one document',
  TAB_AS_INDENT: 'a tab is not allowed as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not known',
}

const yamlMessage = (error: YAMLError): string =>
  YAML_FAULTS[error.code] ?? `not YAML: ${error.message.split('\n')[0]}`

const textFaults = (text: string, at: (offset: number) => Position): Fault[] => {
  const nul = text.indexOf('\0')
  return nul < 0 ? [] : [{ ...at(nul), message: 'a NUL character stands here; this is not a text file' }]
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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
  const result = (data: Readonly<Record<string, unknown>>): DocumentData => ({ data, places, faults })
  try {
    if (text.includes('\0')) {
      parseDocument(text.slice(0, text.indexOf('\0')), {
        lineCounter: lines,
        prettyErrors: false,
        uniqueKeys: false,
      })
      faults.push(...textFaults(text, at))
      return result({})
    }
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      // The library compares every key with every other; the walker does it with a set.
      uniqueKeys: false,
    })
    for (const error of [...document.errors, ...document.warnings]) {
      faults.push({ ...at(error.pos[0]), message: yamlMessage(error) })
    }
    const walker = createWalker({ document, at, env, places, onFault: (fault) => void faults.push(fault) })
    const data = walker.dataOf(schema)
    if (isMapping(data)) return result(data)
    const { value, shown } = places.nearest([])
    faults.push({ ...value, message: `must be a mapping of keys to values, got ${shown}` })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    faults.push({ ...start, message: 'is nested too deeply' })
  }
  return result({})
}
