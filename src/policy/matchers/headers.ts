import { z } from 'zod'
import { bad, good } from '../../base/parsed.ts'
import type { RequestFacts } from '../../client/client.ts'
import type { MatcherKind } from '../matcher.ts'
import { compilePattern, patternSchema } from '../pattern.ts'

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const NAME_FAULT = 'must be the name of a header'
const MOST = 50

/** The pattern that asks for no more than presence. */
const PRESENT = '.*'

type Test = (facts: RequestFacts) => boolean

const testOf = (name: string, pattern: string): Test | string => {
  const key = name.toLowerCase()
  if (pattern.trim() === PRESENT) return (facts) => (facts.header(key) ?? '') !== ''
  const compiled = compilePattern(pattern)
  if (!compiled.ok) return `of ${name} ${compiled.fault}`
  return (facts) => compiled.value.test(facts.header(key) ?? '')
}

/** `headers_regex`: every named header must match; an absent one is empty; `.*` asks for a header that is not empty. */
export const headersMatcher: MatcherKind<Readonly<Record<string, string>>> = {
  schema: z
    .record(z.string().regex(NAME, NAME_FAULT).max(100, NAME_FAULT), patternSchema)
    .refine((map) => Object.keys(map).length > 0, 'must name at least one header')
    .refine((map) => Object.keys(map).length <= MOST, `must name at most ${MOST} headers`)
    .describe('Header name → regular expression (Go syntax); all must match. `.*`: present and not empty.'),
  compile(option) {
    const tests: Test[] = []
    for (const [name, pattern] of Object.entries(option)) {
      const test = testOf(name, pattern)
      if (typeof test === 'string') return bad(test)
      tests.push(test)
    }
    return good((facts) => tests.every((test) => test(facts)))
  },
  show: (option) =>
    Object.entries(option)
      .map(([name, pattern]) => `${name}: ${JSON.stringify(pattern)}`)
      .join(', '),
}
