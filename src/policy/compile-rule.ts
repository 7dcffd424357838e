import { createCanary } from './canary.ts'
import { challengeFaultOf, challengeOf } from './challenge-of.ts'
import { compileThresholdExpression } from './expression/threshold.ts'
import type { World } from './matcher.ts'
import { MATCHER_KEYS } from './matchers.ts'
import type { RuleChallenge, RuleOptions, ThresholdOptions } from './options.ts'
import type { Ears, PolicyParts } from './parts.ts'
import type { VerdictAction } from './policy.ts'
import { compileConditions } from './rule.ts'
import type { Outcome, Rule } from './rule.ts'
import { createThreshold } from './threshold.ts'
import type { Threshold } from './threshold.ts'

/** Before the name of a threshold. */
export const THRESHOLD = 'threshold/'

/** What a WEIGH rule adds unless it says what. */
const USUAL_WEIGHT = 5

export const ACTIONS = {
  ALLOW: 'allow',
  DENY: 'deny',
  CHALLENGE: 'challenge',
  DEBUG_BENCHMARK: 'challenge',
  WEIGH: 'weigh',
} as const satisfies Record<RuleOptions['action'], VerdictAction | 'weigh'>

export const outcomeOf = (
  rule: string,
  action: VerdictAction,
  challenge: RuleChallenge | undefined,
  { challenge: defaults }: PolicyParts,
): Outcome => {
  const { kind, work } = challengeOf(challenge, defaults)
  return Object.freeze({ action, rule, work: action === 'challenge' ? work : 0, kind })
}

interface Challenging {
  readonly action: RuleOptions['action']
  readonly challenge?: RuleChallenge
}

export const checkChallenge = ({ action, challenge }: Challenging, parts: PolicyParts, ears: Ears): void => {
  if (action === 'DEBUG_BENCHMARK') ears.warning(['action'], 'is treated as CHALLENGE')
  if (challenge === undefined) return
  if (ACTIONS[action] !== 'challenge') ears.minor(['challenge'], 'belongs to the action CHALLENGE only')
  const checked = challengeFaultOf(challenge, parts.challenge, parts.kinds)
  if (!checked.ok) ears.fault(['challenge', checked.key ?? ''], checked.fault)
  const { warning } = challengeOf(challenge, parts.challenge)
  if (warning !== undefined) ears.minor(['challenge', warning[0]], warning[1])
  const { algorithm } = challenge
  if (algorithm === 'metarefresh' || algorithm === 'preact') {
    ears.warning(['challenge', 'algorithm'], `${algorithm} is answered by a proof of work of that difficulty`)
  }
}

/** A rule permits when it opens the gate or makes the weight smaller. */
const permits = (action: VerdictAction | 'weigh', adjust: number): boolean =>
  action === 'allow' || (action === 'weigh' && adjust < 0)

const conditionsOf = (options: RuleOptions, world: World, ears: Ears): Rule['conditions'] => {
  let broken = false
  const conditions = compileConditions(options, world, (key, fault) => {
    broken = true
    ears.fault([key], fault)
  })
  if (conditions.length === 0 && !broken) ears.fault([], `needs at least one of ${MATCHER_KEYS.join(', ')}`)
  return conditions
}

export const compileRule = (options: RuleOptions, parts: PolicyParts, world: World, ears: Ears): Rule => {
  const { name } = options
  const action = ACTIONS[options.action]
  const adjust = action === 'weigh' ? (options.weight?.adjust ?? USUAL_WEIGHT) : 0
  const conditions = conditionsOf(options, world, ears)
  if (options.weight !== undefined && action !== 'weigh') {
    ears.minor(['weight'], 'belongs to the action WEIGH only')
  }
  checkChallenge(options, parts, ears)
  return {
    name,
    action,
    outcome: action === 'weigh' ? undefined : outcomeOf(name, action, options.challenge, parts),
    adjust,
    strictness: permits(action, adjust) ? 'every' : 'some',
    observed: options.mode === 'observe',
    canary: options.canary === undefined ? undefined : createCanary(name, options.canary),
    conditions,
    marks: {
      weighed: { rule: name, what: 'weighed', action },
      observed: { rule: name, what: 'observed', action },
      failed: { rule: name, what: 'failed', action },
      unverified: { rule: name, what: 'unverified', action },
    },
  }
}

const shownExpression = (option: ThresholdOptions['expression']): string => {
  if (typeof option === 'string') return option
  return option.all?.join(' && ') ?? option.any?.join(' || ') ?? ''
}

export const compileThreshold = (
  options: ThresholdOptions,
  parts: PolicyParts,
  ears: Ears,
): Threshold | undefined => {
  checkChallenge(options, parts, ears)
  const test = compileThresholdExpression(options.expression, parts.senses)
  if (!test.ok) {
    ears.fault(['expression'], test.fault)
    return undefined
  }
  return createThreshold({
    outcome: outcomeOf(THRESHOLD + options.name, ACTIONS[options.action], options.challenge, parts),
    test: test.value,
    observed: options.mode === 'observe',
    shown: shownExpression(options.expression),
  })
}
