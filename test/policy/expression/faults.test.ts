import { expect, test } from 'vitest'
import { expressionSchema } from '../../../src/policy/expression/options.ts'
import { faultOf } from './world.ts'

test.each([
  [
    'user_agent == "x"',
    'unknown variable "user_agent" at character 1 of the expression; did you mean "userAgent"?',
  ],
  [
    'path == "/" &&\n  methd == "GET"',
    'unknown variable "methd" at character 18 of the expression; did you mean "method"?',
  ],
  ['weight > 1', 'unknown variable "weight" at character 1 of the expression'],
  ['cel.bind(a, 1, a == 1)', 'unknown method "bind" at character 1 of the expression'],
  ['google == google', 'unknown variable "google" at character 1 of the expression'],
  [
    'path.startWith("/")',
    'unknown method "startWith" at character 1 of the expression; did you mean "startsWith"?',
  ],
  [
    'missingheader(headers, "A")',
    'unknown function "missingheader" at character 1 of the expression; did you mean "missingHeader"?',
  ],
  ['b"x".json().a', 'unknown method "json" at character 1 of the expression'],
  ['path + 1 == ""', 'no such overload: string + int at character 1 of the expression'],
  ['path == 1', 'no such overload: string == int at character 1 of the expression'],
  ['1 == 1.0', 'no such overload: int == double at character 1 of the expression'],
  ['headers["A"].size() > "1"', 'no such overload: int > string at character 1 of the expression'],
  ['path', 'must be true or false, but is of type string at character 1 of the expression'],
  ['"true"', 'a constant is neither true nor false at character 1 of the expression'],
  ['dyn(true)', 'must be true or false, but is of type dyn at character 1 of the expression'],
  ['path == "', 'unterminated string at character 9 of the expression'],
  ['path == ', 'unexpected token: EOF at character 9 of the expression'],
  ['path = "/"', 'unexpected character: = at character 6 of the expression'],
  ['headers.?x == ""', 'expected IDENTIFIER, got QUESTION at character 9 of the expression'],
  ['optional.none() == 1', 'unknown method "none" at character 1 of the expression'],
  [
    'headers["A"].endsWith(["a"])',
    "found no matching overload for 'string.endsWith(list<string>)' at character 1 of the expression",
  ],
  [
    'path.matches("a(")',
    'the pattern is not a regular expression: missing closing ) at character 14 of the expression',
  ],
  ['path.matches("(?=a)")', 'the pattern is not a regular expression'],
  ['verifyFCrDNS(remoteAddress, "a(")', 'the pattern is not a regular expression'],
  [
    'rate("request", "address", "1m") > 1',
    'must be one of "requests", "challenges", "refused", "not_found", "paths" at character 6 of the expression; did you mean "requests"?',
  ],
  [
    'rate("requests", method, "1m") > 1',
    'must be one of "address", "pass" at character 18 of the expression',
  ],
  [
    'rate("requests", "address", "1") > 1',
    'must be a duration from "1s" to "1d" at character 29 of the expression',
  ],
  [
    'rate("requests", "address", "2d") > 1',
    'must be a duration from "1s" to "1d" at character 29 of the expression',
  ],
  ['9223372036854775808 > 1', 'the number does not fit 64 bits at character 1 of the expression'],
  ['path.all(c, true)', 'cannot be range of a comprehension'],
  ['has(headers["A"])', 'has() invalid argument at character 5 of the expression'],
  ['if == 1', 'reserved identifier: if at character 1 of the expression'],
])('%s', (text, fault) => {
  expect(faultOf(text)).toContain(fault)
  expect(faultOf(text)).not.toContain('\n')
})

test('the faulty item of a list is named', () => {
  expect(faultOf({ any: ['true', 'path == 1'] })).toBe(
    'no such overload: string == int at character 1 of item 2 of any',
  )
  expect(faultOf({ all: ['pth == ""', 'true'] })).toBe(
    'unknown variable "pth" at character 1 of item 1 of all; did you mean "path"?',
  )
})

test.each([
  ['', 'must not be empty'],
  [5, 'must be an expression'],
  ['x'.repeat(10_001), 'must have at most 10000 characters'],
  [{}, 'must have either all or any'],
  [{ all: ['true'], any: ['true'] }, 'must have either all or any'],
  [{ all: [] }, 'must have at least one expression'],
  [{ any: Array<string>(101).fill('true') }, 'must have at most 100 expressions'],
  [{ all: ['true', 1] }, 'must be an expression'],
])('the option %j is refused', (option, fault) => {
  const parsed = expressionSchema.safeParse(option)
  expect(JSON.stringify(parsed.error?.issues)).toContain(fault)
})
