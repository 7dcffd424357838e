import { good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { Senses } from '../senses.ts'
import { compileExpression } from './expression.ts'
import { matchingForms } from './forms.ts'
import { Frame } from './frame.ts'
import { CONVERSIONS } from './functions/conversions.ts'
import { RANDOM } from './functions/request.ts'
import { STRINGS } from './functions/strings.ts'
import { TIME } from './functions/time.ts'
import type { ExpressionOption } from './options.ts'
import { createVocabulary } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

interface Weighed {
  readonly weight: bigint
}

/** What the expressions of thresholds can name: `weight`, `randInt`, and the functions of CEL. */
const VOCABULARY: Vocabulary<Weighed> = createVocabulary({
  variables: { weight: { type: 'int', read: ({ source }) => source.weight } },
  functions: { ...CONVERSIONS, ...STRINGS, ...TIME, ...RANDOM },
  forms: matchingForms<Weighed>(),
})

/** The test throws an `EvaluationFault` when the expression has no value. */
export const compileThresholdExpression = (
  option: ExpressionOption,
  senses: Senses,
): Parsed<(weight: number) => boolean> => {
  const compiled = compileExpression(option, VOCABULARY)
  if (!compiled.ok) return compiled
  const { run } = compiled.value
  return good((weight) => run(new Frame({ weight: BigInt(Math.trunc(weight)) }, senses)) === true)
}
