import type { ASTNode } from '@marcbachmann/cel-js'
import type { RateSpec } from '../senses.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A fault that is found while compiling; `at` is the position in the text. */
export class CompileFault extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Throws: the expression is faulty at this node. */
export const faultAt = (node: ASTNode, message: string): never => {
  throw new CompileFault(node.start, message)
}

/** What is told while an expression is compiled. */
export interface Ears {
  onVariable(name: string): void
  onRate(spec: RateSpec): void
}

/** What a node is compiled with. */
export interface Scoped<Source> {
  readonly vocabulary: Vocabulary<Source>
  /** Names that macros have bound, with the places of their values. */
  readonly scope: ReadonlyMap<string, number>
  readonly ears: Ears
}
