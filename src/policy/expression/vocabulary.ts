import { Environment } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import type { RateSpec } from '../senses.ts'
import type { Frame } from './frame.ts'
import type { Functions } from './functions/row.ts'
import type { Value } from './value.ts'

/** Nodes that one expression may have, all of its items together. */
export const MOST_NODES = 1000
/** How deep they may be nested; a chain of `&&` or `||` is one level. */
export const DEEPEST = 50
const MOST_ARGUMENTS = 8
const MOST_LITERALS = 128

/** A compiled node. Throws an `EvaluationFault` when it has no value. */
export type Run<Source> = (frame: Frame<Source>) => Value

/** What a special form may use while it is compiled. */
export interface Compiler<Source> {
  compile(node: ASTNode): Run<Source>
  /** Throws: the expression is faulty at this node. */
  fault(node: ASTNode, message: string): never
  needsRate(spec: RateSpec): void
}

/** A function that looks at its arguments before they have values. A method's receiver is its first argument. */
export interface SpecialForm<Source> {
  readonly declares: readonly string[]
  compile(nodes: readonly ASTNode[], compiler: Compiler<Source>): Run<Source>
}

export interface Variable<Source> {
  /** As CEL writes it. */
  readonly type: string
  read(frame: Frame<Source>): Value
}

export interface VocabularyParts<Source> {
  readonly variables: Readonly<Record<string, Variable<Source>>>
  /** Called by name and number of arguments, see `Functions`. */
  readonly functions: Functions
  readonly forms: Readonly<Record<string, SpecialForm<Source>>>
}

/** What expressions of one kind can name. */
export interface Vocabulary<Source> extends VocabularyParts<Source> {
  /** Parses, and checks types; it never evaluates. */
  readonly environment: Environment
}

const never = (): never => {
  throw new Error('only checked, never called')
}

/** Stands for the name space of `strings.quote`. */
class Strings {
  readonly name = 'strings'
}

export const createVocabulary = <Source>(parts: VocabularyParts<Source>): Vocabulary<Source> => {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: 4 * MOST_NODES,
      maxDepth: DEEPEST,
      maxListElements: MOST_LITERALS,
      maxMapEntries: MOST_LITERALS,
      maxCallArguments: MOST_ARGUMENTS,
    },
  })
  for (const [name, { type }] of Object.entries(parts.variables)) environment.registerVariable(name, type)
  environment.registerType('Strings', Strings).registerConstant('strings', 'Strings', new Strings())
  for (const { declares } of [...Object.values(parts.functions), ...Object.values(parts.forms)]) {
    for (const signature of declares) environment.registerFunction(signature, never, { async: false })
  }
  return { ...parts, environment }
}
