import { ParseError, TypeError as CheckError } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { RateSpec } from '../senses.ts'
import { compileJunction, compileNode } from './compile.ts'
import { meant } from './meant.ts'
import { itemsOf } from './options.ts'
import type { ExpressionOption } from './options.ts'
import { CompileFault } from './scope.ts'
import { createSurvey } from './survey.ts'
import type { Run, Vocabulary } from './vocabulary.ts'

const LONGEST_FAULT = 200
/** The parser calls itself for each of them. */
const TOO_MANY_SIGNS = /(?:[!-]\s*){50}/

export interface Expression<Source> {
  /** Its value, true or false. */
  readonly run: Run<Source>
  /** The variables that it reads. */
  readonly reads: ReadonlySet<string>
  readonly rates: readonly RateSpec[]
}

const lineOf = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_FAULT)

const parse = (text: string, { environment }: Vocabulary<never>) => {
  const signs = TOO_MANY_SIGNS.exec(text)
  if (signs !== null) throw new CompileFault(signs.index, 'nested too deeply')
  const parsed = environment.parse(text)
  // Told at the place where the parser looked last.
  if (parsed.ast.op === 'value' && typeof parsed.ast.args !== 'boolean') {
    throw new CompileFault(0, 'a constant is neither true nor false')
  }
  return parsed
}

const checkTypes = (
  { check, ast }: ReturnType<typeof parse>,
  text: string,
  variables: readonly string[],
): ASTNode => {
  const { valid, type, error } = check()
  if (!valid) {
    const { start, end } = error?.range ?? { start: 0, end: 0 }
    if (error?.code !== 'unknown_variable') throw error ?? new CompileFault(0, 'types do not fit')
    const name = text.slice(start, end)
    throw new CompileFault(start, `unknown variable "${name.slice(0, 60)}"${meant(name, variables)}`)
  }
  if (type !== 'bool') throw new CompileFault(0, `must be true or false, but is of type ${type ?? 'unknown'}`)
  return ast
}

const faultOf = (cause: unknown, item: string): string => {
  const where = (at: number): string => ` at character ${at + 1} of ${item}`
  if (cause instanceof CompileFault) {
    const [what, question] = cause.message.split('; did you mean')
    return lineOf(`${what}${where(cause.at)}${question === undefined ? '' : `; did you mean${question}`}`)
  }
  if (cause instanceof ParseError || cause instanceof CheckError) {
    const { summary, range } = cause
    return lineOf(summary.charAt(0).toLowerCase() + summary.slice(1)) + where(range?.start ?? 0)
  }
  return `cannot be compiled; ${item} is nested too deeply`
}

/**
 * Parses, checks types and bounds, and compiles, once. The library parses and checks; evaluating is ours, because
 * an expression of a rule has bounds, RE2's regular expressions and lookups that are not there yet.
 * Faults are one line with the place inside the expression.
 */
export const compileExpression = <Source>(
  option: ExpressionOption,
  vocabulary: Vocabulary<Source>,
): Parsed<Expression<Source>> => {
  const { items, joined } = itemsOf(option)
  const reads = new Set<string>()
  const rates: RateSpec[] = []
  const ears = {
    onVariable: (name: string) => void reads.add(name),
    onRate: (spec: RateSpec) => void rates.push(spec),
  }
  const survey = createSurvey(vocabulary)
  const names = Object.keys(vocabulary.variables)
  const runs: Run<Source>[] = []
  for (const [index, text] of items.entries()) {
    try {
      const parsed = parse(text, vocabulary)
      survey.visit(parsed.ast, (node, message) => {
        throw new CompileFault(node.start, message)
      })
      const ast = checkTypes(parsed, text, names)
      runs.push(compileNode(ast, { vocabulary, scope: new Map(), ears }))
    } catch (cause) {
      return bad(faultOf(cause, joined === undefined ? 'the expression' : `item ${index + 1} of ${joined}`))
    }
  }
  const [only] = runs
  const run = runs.length === 1 && only !== undefined ? only : compileJunction(runs, joined === 'any')
  return good({ run, reads, rates })
}
