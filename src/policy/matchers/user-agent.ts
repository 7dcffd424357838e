import { good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'
import { compilePattern, patternSchema } from '../pattern.ts'

/** `user_agent_regex`: the User-Agent header, empty when absent. */
export const userAgentMatcher: MatcherKind<string> = {
  schema: patternSchema.describe('Regular expression (Go syntax) on the User-Agent header.'),
  compile(option) {
    const pattern = compilePattern(option)
    return pattern.ok ? good((facts) => pattern.value.test(facts.userAgent)) : pattern
  },
}
