import { z } from 'zod'
import { count } from '../base/scalars.ts'
import { MATCHERS } from './matchers.ts'
import type { MatcherKey, MatcherOptions } from './matchers.ts'

const NAME_FAULT = 'must be a name of 1 to 100 printable ASCII characters, without a space at either end'
// Names stand in the Tollgate-Rule header and in metric labels.
const NAME = /^[!-~](?:[ -~]{0,98}[!-~])?$/
const MOST_RULES = 1000

const actionSchema = z
  .enum(['ALLOW', 'DENY', 'CHALLENGE'])
  .describe('What becomes of a request that the rule matches.')

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
  })
  .describe('How this challenge differs from the section challenge.')

type MatcherShape = {
  readonly [Key in MatcherKey]: z.ZodExactOptional<z.ZodType<MatcherOptions[Key]>>
}

const matcherShape = Object.fromEntries(
  Object.entries(MATCHERS).map(([key, { schema }]) => [key, z.exactOptional(schema)]),
) as MatcherShape

/** One rule of `bots`: all of its conditions must hold. */
export const ruleSchema = z
  .strictObject({
    name: z.string(NAME_FAULT).regex(NAME, NAME_FAULT).describe('Name in logs, metrics and headers; unique.'),
    action: actionSchema,
    ...matcherShape,
    challenge: ruleChallengeSchema.exactOptional(),
  })
  .describe('One rule: all of its conditions must hold.')

/** `bots`: the rules, first match wins. */
export const botsSchema = z
  .array(ruleSchema, 'must be a list of rules')
  .max(MOST_RULES, `must have at most ${MOST_RULES} rules`)
  .prefault([])
  .describe('The rules in order; the first that matches decides.')

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
export interface DefaultOptions extends Pick<RuleOptions, 'action' | 'challenge'> {}
