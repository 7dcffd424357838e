import type { MatcherKind } from './matcher.ts'
import { asnsMatcher } from './matchers/asns.ts'
import { conditionMatcher, unlessMatcher } from './matchers/condition.ts'
import { expressionMatcher } from './matchers/expression.ts'
import { geoipMatcher } from './matchers/geoip.ts'
import { headersMatcher } from './matchers/headers.ts'
import { listMatcher } from './matchers/list.ts'
import { pathMatcher } from './matchers/path.ts'
import { rateMatcher } from './matchers/rate.ts'
import { remoteAddressesMatcher } from './matchers/remote-addresses.ts'
import { userAgentMatcher } from './matchers/user-agent.ts'
import { verifiedMatcher } from './matchers/verified.ts'

/**
 * Every kind of condition by the key that asks for it, cheapest first: in this order a rule asks them. `verified` is
 * last, so that whoever misses only it is known to pretend.
 */
export const MATCHERS = {
  remote_addresses: remoteAddressesMatcher,
  list: listMatcher,
  user_agent_regex: userAgentMatcher,
  path_regex: pathMatcher,
  headers_regex: headersMatcher,
  condition: conditionMatcher,
  unless: unlessMatcher,
  rate: rateMatcher,
  asns: asnsMatcher,
  geoip: geoipMatcher,
  expression: expressionMatcher,
  verified: verifiedMatcher,
} as const

export type MatcherKey = keyof typeof MATCHERS

/** The parsed option of each kind. */
export type MatcherOptions = {
  readonly [Key in MatcherKey]: (typeof MATCHERS)[Key] extends MatcherKind<infer Option> ? Option : never
}

/** The list as the compiler of rules sees it: key and option belong together. */
export const MATCHER_KINDS: { readonly [Key in MatcherKey]: MatcherKind<MatcherOptions[Key]> } = MATCHERS

export const MATCHER_KEYS = Object.keys(MATCHERS) as MatcherKey[]
