import { z } from 'zod'
import { bad, good } from '../base/parsed.ts'
import { count, parsedText } from '../base/scalars.ts'
import { ALGORITHMS, HARDEST } from './challenge-of.ts'
import { expressionSchema } from './expression/options.ts'
import { MATCHERS } from './matchers.ts'
import type { MatcherKey, MatcherOptions } from './matchers.ts'

const NAME_FAULT = 'must be a name of 1 to 100 printable ASCII characters, without a space at either end'
// Names stand in the Tollgate-Rule header and in metric labels.
const NAME = /^[!-~](?:[ -~]{0,98}[!-~])?$/
const MOST_RULES = 1000
const MOST_THRESHOLDS = 100
const MOST_CONDITIONS = 200
const MOST_WEIGHT = 1_000_000_000_000
const WEIGHT_FAULT = 'must be a whole number from -1000000000000 to 1000000000000'

const nameSchema = z.string(NAME_FAULT).regex(NAME, NAME_FAULT)

const actionSchema = z
  .enum(['ALLOW', 'DENY', 'CHALLENGE'])
  .describe('What becomes of a request that the rule matches.')

const ruleActionSchema = z
  .enum(['ALLOW', 'DENY', 'CHALLENGE', 'WEIGH', 'DEBUG_BENCHMARK'])
  .describe(
    'What becomes of a request that the rule matches; WEIGH: its weight changes and the next rule is tried.',
  )

const ruleChallengeSchema = z
  .strictObject({
    kind: z
      .string('must be a kind of challenge')
      .min(1, 'must be a kind of challenge')
      .exactOptional()
      .describe('The kind of challenge; absent: that of the section challenge.'),
    work: count({ min: '1' })
      .exactOptional()
      .describe('Expected hashes; absent: those of the section challenge.'),
    algorithm: z
      .enum(ALGORITHMS)
      .exactOptional()
      .describe('As Anubis names a challenge; with difficulty it stands for kind and work.'),
    difficulty: z
      .int(`must be a whole number from 0 to ${HARDEST}`)
      .min(0, 'must be at least 0')
      .max(HARDEST, `must be at most ${HARDEST}`)
      .exactOptional()
      .describe('Leading zero hex digits: 16 to the power of it is the expected number of hashes.'),
    report_as: z.int().exactOptional().describe('Of old Anubis files; without effect.'),
  })
  .describe('How this challenge differs from the section challenge.')

const percentSchema = parsedText(
  (text) => {
    const found = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text.trim())
    const percent = Number(found?.[1] ?? Number.NaN)
    return percent >= 0 && percent <= 100 ? good(percent) : bad('must be a share such as 20%')
  },
  z.string('must be a share such as 20%').meta({ examples: ['20%'] }),
)

type MatcherShape = {
  readonly [Key in MatcherKey]: z.ZodExactOptional<z.ZodType<MatcherOptions[Key]>>
}

const matcherShape = Object.fromEntries(
  Object.entries(MATCHERS).map(([key, { schema }]) => [key, z.exactOptional(schema)]),
) as MatcherShape

/** One rule of `bots`: all of its conditions must hold. */
export const ruleSchema = z
  .strictObject({
    name: nameSchema.describe('Name in logs, metrics and headers; unique.'),
    action: ruleActionSchema,
    ...matcherShape,
    weight: z
      .strictObject({
        adjust: z
          .int(WEIGHT_FAULT)
          .min(-MOST_WEIGHT, WEIGHT_FAULT)
          .max(MOST_WEIGHT, WEIGHT_FAULT)
          .prefault(0),
      })
      .exactOptional()
      .describe('With WEIGH: what is added to the weight; absent: 5.'),
    challenge: ruleChallengeSchema.exactOptional(),
    mode: z
      .enum(['enforce', 'observe'])
      .exactOptional()
      .describe('observe: the rule is evaluated, counted and logged, but not acted on.'),
    canary: percentSchema
      .exactOptional()
      .describe('Share of the clients that the rule is for, always the same ones; absent: all.'),
  })
  .describe('One rule: all of its conditions must hold.')

/** `bots`: the rules, first match wins. */
export const botsSchema = z
  .array(ruleSchema, 'must be a list of rules')
  .max(MOST_RULES, `must have at most ${MOST_RULES} rules`)
  .prefault([])
  .describe('The rules in order; the first that matches decides.')

/** `thresholds`: what becomes of a request by its weight when no rule has decided. */
export const thresholdSchema = z
  .strictObject({
    name: nameSchema.describe('Name in logs, metrics and headers, after threshold/.'),
    expression: expressionSchema.describe('CEL over weight, e.g. weight >= 10.'),
    action: z.enum(['ALLOW', 'DENY', 'CHALLENGE', 'DEBUG_BENCHMARK']),
    challenge: ruleChallengeSchema.exactOptional(),
    mode: z.enum(['enforce', 'observe']).exactOptional(),
  })
  .describe('One threshold.')

export const thresholdsSchema = z
  .array(thresholdSchema, 'must be a list of thresholds')
  .max(MOST_THRESHOLDS, `must have at most ${MOST_THRESHOLDS} thresholds`)
  .prefault([])
  .describe('When no rule has decided: tried in order, the first whose expression is true decides.')

/** One entry of `conditions`. */
export const conditionSchema = z
  .strictObject(matcherShape)
  .describe('A named condition: all that it asks must hold.')

export const conditionsSchema = z
  .record(nameSchema, conditionSchema)
  .refine((map) => Object.keys(map).length <= MOST_CONDITIONS, `must have at most ${MOST_CONDITIONS} entries`)
  .prefault({})
  .describe('Conditions that rules name by condition and unless.')

/** `default`: what becomes of a request that no rule matches. */
export const defaultSchema = z
  .union([
    actionSchema.transform((action) => ({ action })),
    z.strictObject({ action: actionSchema, challenge: ruleChallengeSchema.exactOptional() }),
  ])
  .prefault('CHALLENGE')
  .describe('What becomes of a request that no rule matches: an action, or action and challenge.')

export type RuleChallenge = z.output<typeof ruleChallengeSchema>
export type RuleOptions = z.output<typeof ruleSchema>
export type ThresholdOptions = z.output<typeof thresholdSchema>
export type ConditionOptions = z.output<typeof conditionSchema>
export interface DefaultOptions extends Pick<ThresholdOptions, 'challenge'> {
  readonly action: z.output<typeof actionSchema>
}
