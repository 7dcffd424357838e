import type { Parsed } from '../base/parsed.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Matches } from './matcher.ts'
import { MATCHER_KEYS, MATCHER_KINDS } from './matchers.ts'
import type { MatcherKey, MatcherOptions } from './matchers.ts'
import type { RuleOptions } from './options.ts'
import type { Verdict, VerdictAction } from './policy.ts'

/** One compiled condition of a rule and the key that asked for it. */
interface Condition {
  readonly key: MatcherKey
  readonly matches: Matches
}

/** A compiled rule; its verdict is made once. */
export interface Rule {
  readonly verdict: Verdict
  readonly conditions: readonly Condition[]
}

const compileCondition = <Key extends MatcherKey>(
  key: Key,
  option: MatcherOptions[Key] | undefined,
  action: VerdictAction,
): Parsed<Matches> | undefined =>
  option === undefined ? undefined : MATCHER_KINDS[key].compile(option, action)

/** The conditions of a rule in the order of the list of matchers; `onFault` is told of each that does not compile. */
export const compileConditions = (
  options: RuleOptions,
  action: VerdictAction,
  onFault: (key: MatcherKey, fault: string) => void,
): Condition[] => {
  const conditions: Condition[] = []
  for (const key of MATCHER_KEYS) {
    const compiled = compileCondition(key, options[key], action)
    if (compiled?.ok === true) conditions.push({ key, matches: compiled.value })
    else if (compiled !== undefined) onFault(key, compiled.fault)
  }
  return conditions
}

/** The first condition that does not hold, or undefined when the rule matches. */
export const missedBy = ({ conditions }: Rule, facts: RequestFacts): MatcherKey | undefined => {
  for (const { key, matches } of conditions) if (!matches(facts)) return key
  return undefined
}
