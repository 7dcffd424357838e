import { good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'
import { patternSchema } from '../pattern.ts'

/** `user_agent_regex`: the User-Agent header, empty when absent. */
export const userAgentMatcher: MatcherKind<string> = {
  schema: patternSchema.describe('Regular expression (Go syntax) on the User-Agent header.'),
  compile(option, world) {
    const test = world.pools.userAgent.add(option)
    return test.ok ? good(({ userAgent }) => test.value(userAgent)) : test
  },
  show: (option) => JSON.stringify(option),
}
