import { good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'
import { pathReadings } from '../path-readings.ts'
import { compilePattern, patternSchema } from '../pattern.ts'

/**
 * `path_regex`: the path without its query. A path that can be read in several ways never opens the gate: an ALLOW
 * rule must match all of its readings, any other rule one of them.
 */
export const pathMatcher: MatcherKind<string> = {
  schema: patternSchema.describe('Regular expression (Go syntax) on the path, without the query.'),
  compile(option, action) {
    const compiled = compilePattern(option)
    if (!compiled.ok) return compiled
    const pattern = compiled.value
    const test = (path: string): boolean => pattern.test(path)
    return good(({ path }) => {
      const readings = pathReadings(path)
      if (readings === undefined) return test(path)
      return action === 'allow' ? readings.every(test) : readings.some(test)
    })
  },
}
