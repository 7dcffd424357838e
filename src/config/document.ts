import { Composer, Lexer, LineCounter, Parser } from 'yaml'
import type { Document, YAMLError } from 'yaml'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import type { Environment } from './environment.ts'
import type { Fault, Position } from './fault.ts'
import { createPlaces } from './places.ts'
import type { Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import { createWalker } from './walk.ts'
import type { Reading } from './walk.ts'

/** The YAML documents of one text, not yet looked at; none when the text cannot be read at all. */
export interface YamlText {
  readonly file: string
  readonly documents: readonly Document[]
  readonly faults: readonly Fault[]
  at(offset: number): Position
}

/** A document as plain data, with the place of everything in it. */
export interface DocumentData {
  /** Null when the document is empty; undefined when nothing more can be said of it than its faults. */
  readonly data: unknown
  readonly places: Places
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

/** How many more words and marks of YAML may be read; shared by all files of one configuration. */
export interface TokenBudget {
  left: number
}

/** The parser takes about five microseconds and half a kilobyte for each. */
export const MOST_TOKENS = 250_000

const MOST_LINES = 200_000
const MOST_DOCUMENTS = 1000

const YAML_OPTIONS = {
  prettyErrors: false,
  version: '1.2',
  // The library compares every key with every other; the walker does it with a table.
  uniqueKeys: false,
} as const

const YAML_FAULTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is not allowed as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not known',
}

const yamlMessage = (error: YAMLError): string =>
  YAML_FAULTS[error.code] ?? `not YAML: ${error.message.split('\n')[0]}`

// The lexer takes its time over lines, empty ones and those of long texts among them; no honest file has that many.
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

/** Parses until the budget is spent; then, what there is too much of. */
const documentsOf = (text: string, lines: LineCounter, budget: TokenBudget): Parsed<Document[]> => {
  lines.addNewLine(0)
  const parser = new Parser(lines.addNewLine)
  const composer = new Composer({ ...YAML_OPTIONS, lineCounter: lines })
  const documents: Document[] = []
  for (const lexeme of new Lexer().lex(text)) {
    if (budget.left-- <= 0) {
      return bad(`is too long: all files may have ${MOST_TOKENS} words and marks together`)
    }
    if (documents.length > MOST_DOCUMENTS) return bad(`has more than ${MOST_DOCUMENTS} documents`)
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end(false, text.length))
  return good(documents)
}

/** Parses YAML 1.2 (core schema; JSON is a part of it); nothing is thrown. */
export const parseYaml = (file: string, text: string, budget: TokenBudget): YamlText => {
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const unreadable = (fault: Fault): YamlText => ({ file, documents: [], faults: [fault], at })
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const message = 'a NUL character stands here; this is not a text file'
    return unreadable({ file, ...positionIn(text, nul), message })
  }
  if (hasTooManyLines(text)) {
    return unreadable({ file, line: MOST_LINES, column: 1, message: `has more than ${MOST_LINES} lines` })
  }
  try {
    const documents = documentsOf(text, lines, budget)
    if (documents.ok) return { file, documents: documents.value, faults: [], at }
    return unreadable({
      file,
      line: Math.max(1, lines.lineStarts.length),
      column: 1,
      message: documents.fault,
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return unreadable({ file, line: 1, column: 1, message: 'is nested too deeply' })
  }
}

export interface DocumentParts {
  readonly yaml: YamlText
  readonly document: Document
  readonly env: Environment
  /** What may stand in it. */
  readonly schema: JsonSchema
  readonly reading: Reading
}

/** Turns one document into plain data; every fault is told, none thrown. */
export const documentDataOf = ({ yaml, document, env, schema, reading }: DocumentParts): DocumentData => {
  const { at, file } = yaml
  const start: Position = { file, line: 1, column: 1 }
  const places = createPlaces({ key: start, value: start, shown: 'nothing' })
  const faults: Fault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    message: yamlMessage(error),
  }))
  const warnings: Fault[] = []
  if (faults.length > 0) return { data: undefined, places, faults, warnings }
  const onFault = (fault: Fault): void => void faults.push(fault)
  const onWarning = (warning: Fault): void => void warnings.push(warning)
  try {
    const walker = createWalker({ document, at, env, places, reading, onFault, onWarning })
    return { data: walker.dataOf(schema), places, faults, warnings }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { data: undefined, places, faults: [{ ...start, message: 'is nested too deeply' }], warnings }
  }
}
