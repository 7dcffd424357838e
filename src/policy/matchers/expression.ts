import { good } from '../../base/parsed.ts'
import { compileExpression } from '../expression/expression.ts'
import type { Expression } from '../expression/expression.ts'
import { settle } from '../expression/evaluate.ts'
import { Frame } from '../expression/frame.ts'
import { expressionSchema, expressionText } from '../expression/options.ts'
import type { ExpressionOption } from '../expression/options.ts'
import type { RequestValues } from '../expression/request-values.ts'
import { RULE_VOCABULARY } from '../expression/rules.ts'
import type { MatcherKind, Matches, Strictness, World } from '../matcher.ts'

/** One reading without a value does not matter if another decides. */
const judge = (
  { run }: Expression<RequestValues>,
  frame: Frame<RequestValues>,
  paths: readonly string[],
  strictness: Strictness,
): boolean => {
  const deciding = strictness === 'some'
  let fault: unknown
  for (const path of paths) {
    frame.path = path
    try {
      if ((run(frame) === true) === deciding) return deciding
    } catch (cause) {
      frame.absorb()
      fault ??= cause
    }
  }
  if (fault !== undefined) throw fault
  return !deciding
}

const matchesOf = (expression: Expression<RequestValues>, world: World): Matches => {
  const { senses, readings, values } = world
  const readsPath = expression.reads.has('path')
  return (facts, strictness) => {
    const frame = new Frame(values(facts), senses)
    const paths = readsPath ? readings.of(facts.path) : undefined
    if (paths !== undefined && paths.length > 1) {
      return settle(frame, () => judge(expression, frame, paths, strictness))
    }
    frame.path = facts.path
    return settle(frame, () => expression.run(frame) === true)
  }
}

/** `expression`: an expression of the Common Expression Language over the request, or several (`all`, `any`). */
export const expressionMatcher: MatcherKind<ExpressionOption> = {
  schema: expressionSchema,
  compile(option, world) {
    const expression = compileExpression(option, RULE_VOCABULARY)
    if (!expression.ok) return expression
    for (const spec of expression.value.rates) world.needsRate(spec)
    return good(matchesOf(expression.value, world))
  },
  show: expressionText,
}
