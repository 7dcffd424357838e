import { good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'
import { patternSchema } from '../pattern.ts'

/** `path_regex`: the path without its query, in one or in every reading of it. */
export const pathMatcher: MatcherKind<string> = {
  schema: patternSchema.describe('Regular expression (Go syntax) on the path, without the query.'),
  compile(option, { pools, readings }) {
    const test = pools.path.add(option)
    if (!test.ok) return test
    return good(({ path }, strictness) => {
      const all = readings.of(path)
      if (all.length === 1) return test.value(path)
      return strictness === 'every' ? all.every(test.value) : all.some(test.value)
    })
  },
  show: (option) => JSON.stringify(option),
}
