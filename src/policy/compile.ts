import { evaluateRules, explainRules } from './evaluate.ts'
import type { DefaultOptions, RuleChallenge, RuleOptions } from './options.ts'
import type { Policy, Verdict, VerdictAction } from './policy.ts'
import { MATCHER_KEYS } from './matchers.ts'
import { compileConditions } from './rule.ts'
import type { Rule } from './rule.ts'

/** Name of the verdict when no rule matches. */
export const DEFAULT_RULE = 'default'

/** What a challenge is unless a rule says otherwise. */
export interface ChallengeDefaults {
  readonly kind: string
  /** Expected hashes. */
  readonly work: number
  /** Sub-puzzles; bounds the work (each costs at most 2³² expected hashes). */
  readonly puzzles: number
}

export interface PolicyParts {
  readonly rules: readonly RuleOptions[]
  readonly default: DefaultOptions
  readonly challenge: ChallengeDefaults
  /** The kinds that can be issued. */
  readonly kinds: readonly string[]
}

/** A fault of the document; `path` leads to the value, as in `['bots', 3, 'path_regex']`. */
export interface PolicyFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export type CompiledPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] }

type OnFault = (path: readonly (string | number)[], message: string) => void

const ACTIONS = { ALLOW: 'allow', DENY: 'deny', CHALLENGE: 'challenge' } as const satisfies Record<
  RuleOptions['action'],
  VerdictAction
>

const verdictOf = (rule: string, options: DefaultOptions, { challenge }: PolicyParts): Verdict => {
  const action = ACTIONS[options.action]
  const work = action === 'challenge' ? (options.challenge?.work ?? challenge.work) : 0
  return Object.freeze({ action, rule, work, kind: options.challenge?.kind ?? challenge.kind })
}

const checkChallenge = (options: DefaultOptions, parts: PolicyParts, onFault: OnFault): void => {
  const challenge: RuleChallenge | undefined = options.challenge
  if (challenge === undefined) return
  const { puzzles } = parts.challenge
  if (options.action !== 'CHALLENGE') onFault(['challenge'], 'belongs to the action CHALLENGE only')
  if (challenge.kind !== undefined && !parts.kinds.includes(challenge.kind)) {
    onFault(['challenge', 'kind'], `must be a known kind of challenge: ${parts.kinds.join(', ')}`)
  }
  if (challenge.work === undefined) return
  if (challenge.work < puzzles) {
    onFault(['challenge', 'work'], `must be at least one hash for each of the ${puzzles} puzzles`)
  }
  if (challenge.work > puzzles * 2 ** 32) {
    onFault(['challenge', 'work'], `must be at most ${puzzles} puzzles × 4294967296`)
  }
}

const compileRule = (options: RuleOptions, parts: PolicyParts, onFault: OnFault): Rule => {
  const verdict = verdictOf(options.name, options, parts)
  let broken = false
  const conditions = compileConditions(options, verdict.action, (key, fault) => {
    broken = true
    onFault([key], fault)
  })
  if (conditions.length === 0 && !broken) {
    onFault([], `needs at least one of ${MATCHER_KEYS.join(', ')}`)
  }
  checkChallenge(options, parts, onFault)
  return { verdict, conditions }
}

const checkNames = (rules: readonly RuleOptions[], onFault: OnFault): void => {
  const seen = new Set([DEFAULT_RULE])
  for (const [index, { name }] of rules.entries()) {
    if (name === DEFAULT_RULE) onFault([index, 'name'], `must not be "${DEFAULT_RULE}", which is taken`)
    else if (seen.has(name)) onFault([index, 'name'], `must be unique; an earlier rule is named "${name}"`)
    seen.add(name)
  }
}

/** Compiles everything once; all faults at once, none of them an exception. */
export const compilePolicy = (parts: PolicyParts): CompiledPolicy => {
  const faults: PolicyFault[] = []
  const collect =
    (...prefix: (string | number)[]): OnFault =>
    (path, message) =>
      void faults.push({ path: [...prefix, ...path], message })
  const rules = parts.rules.map((options, index) => compileRule(options, parts, collect('bots', index)))
  checkNames(parts.rules, collect('bots'))
  checkChallenge(parts.default, parts, collect('default'))
  if (faults.length > 0) return { ok: false, faults }
  const otherwise = verdictOf(DEFAULT_RULE, parts.default, parts)
  const policy: Policy = {
    ruleNames: [...rules.map(({ verdict }) => verdict.rule), DEFAULT_RULE],
    evaluate: (facts) => evaluateRules(rules, otherwise, facts),
    explain: async (facts) => explainRules(rules, otherwise, facts),
  }
  return { ok: true, policy: Object.freeze(policy) }
}
