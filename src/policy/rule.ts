import type { Parsed } from '../base/parsed.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Matches, Strictness, World } from './matcher.ts'
import { MATCHER_KEYS, MATCHER_KINDS } from './matchers.ts'
import type { MatcherKey, MatcherOptions } from './matchers.ts'
import type { ConditionOptions } from './options.ts'
import type { Mark, VerdictAction } from './policy.ts'

/** One compiled condition of a rule and the key that asked for it. */
export interface Condition {
  readonly key: MatcherKey
  readonly matches: Matches
  /** The option in a few words, for `explain`. */
  readonly shown: string
}

/** What a rule or threshold leads to. */
export interface Outcome {
  readonly action: VerdictAction
  readonly rule: string
  readonly work: number
  readonly kind: string
}

/** A compiled rule. */
export interface Rule {
  readonly name: string
  readonly action: VerdictAction | 'weigh'
  /** What it decides; undefined when it only weighs. */
  readonly outcome: Outcome | undefined
  readonly adjust: number
  /** `every` when it permits: it opens the gate, or makes the weight smaller. */
  readonly strictness: Strictness
  readonly observed: boolean
  /** Undefined: for all clients. */
  readonly canary: ((facts: RequestFacts) => boolean) | undefined
  readonly conditions: readonly Condition[]
  /** Made once, so that telling of it allocates nothing. */
  readonly marks: Readonly<Record<Mark['what'], Mark>>
}

const LONGEST_SHOWN = 80

const compileCondition = <Key extends MatcherKey>(
  key: Key,
  option: MatcherOptions[Key],
  world: World,
): Parsed<Condition> => {
  const kind = MATCHER_KINDS[key]
  const compiled = kind.compile(option, world)
  if (!compiled.ok) return compiled
  const shown = kind.show?.(option) ?? ''
  return {
    ok: true,
    value: {
      key,
      matches: compiled.value,
      shown: shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown,
    },
  }
}

/** The conditions of a rule in the order of the list of matchers; `onFault` is told of each that does not compile. */
export const compileConditions = (
  options: ConditionOptions,
  world: World,
  onFault: (key: MatcherKey, fault: string) => void,
): Condition[] => {
  const conditions: Condition[] = []
  for (const key of MATCHER_KEYS) {
    const option = options[key]
    if (option === undefined) continue
    const compiled = compileCondition(key, option, world)
    if (compiled.ok) conditions.push(compiled.value)
    else onFault(key, compiled.fault)
  }
  return conditions
}

/** No condition is missed: the rule matches. */
export const NONE_MISSED = -1

/**
 * Index of the first condition that does not hold, or `NONE_MISSED`.
 *
 * @throws or rejects when a condition cannot be evaluated.
 */
export const missedBy = (
  conditions: readonly Condition[],
  facts: RequestFacts,
  strictness: Strictness,
  from = 0,
): number | Promise<number> => {
  for (let at = from; at < conditions.length; at++) {
    const held = conditions[at]!.matches(facts, strictness)
    if (held instanceof Promise) {
      return held.then((late) => (late ? missedBy(conditions, facts, strictness, at + 1) : at))
    }
    if (!held) return at
  }
  return NONE_MISSED
}
