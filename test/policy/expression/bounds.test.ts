import { describe, expect, test } from 'vitest'
import type { ExpressionOption } from '../../../src/policy/expression/options.ts'
import { faultOf, judged } from './world.ts'
import type { Asked } from './world.ts'

/** Milliseconds of the processor; a bomb takes some ten, unbounded ones seconds and more. */
const MOST_TIME = 1000

const timed = <T>(run: () => T): { value: T; milliseconds: number } => {
  const before = process.cpuUsage()
  const value = run()
  const { user, system } = process.cpuUsage(before)
  return { value, milliseconds: (user + system) / 1000 }
}

const many = (count: number, text: string, between = ''): string =>
  Array<string>(count).fill(text).join(between)

describe('an expression that is a bomb is refused when it is compiled', () => {
  test.each<[string, ExpressionOption, string]>([
    ['signs', `${many(9990, '!')}true`, 'nested too deeply'],
    ['signs with spaces', `${many(4990, '- ')}1 == 1`, 'nested too deeply'],
    ['brackets', `${many(4990, '(')}true${many(4990, ')')}`, 'exceeded maxDepth'],
    ['lists', `${many(4990, '[')}${many(4990, ']')} == []`, 'exceeded maxDepth'],
    ['conditions', `${many(1900, 'true?')}true`, 'exceeded maxDepth'],
    ['entries', `path${many(3000, '[0]')} == ""`, 'exceeded maxDepth'],
    ['a chain of 1600', `${many(1600, 'true&&')}true`, 'more than 1000 parts in one expression'],
    ['a chain of sums', `"a"${many(300, '+"a"')} == ""`, 'nested more than 50 levels deep'],
    ['maps', `${many(49, '{1:')}1${many(49, '}')} == {}`, 'nested more than 50 levels deep'],
    ['a long list', `[${many(4900, '1,')}1] == []`, 'exceeded maxListElements'],
    ['many arguments', `path.format(${many(4000, '1,')}1)`, 'exceeded maxCallArguments'],
    ['macros side by side', many(9, '[1].all(a, true)', '&&'), 'more than 8 of all, exists'],
    [
      'macros in one another',
      '[1].all(a, [1].all(b, [1].all(c, true)))',
      'stand more than 2 deep in one another',
    ],
    ['a pattern that repeats repetitions', 'path.matches("(?:a{1000}){1000}")', 'invalid repeat count'],
    [
      'a pattern that repeats much',
      `path.matches("(?:${many(1100, 'abcdefgh')}){1000}")`,
      'expression too large',
    ],
    [
      'items',
      { any: Array<string>(100).fill('path == "a" || path == "b" || path == "c"') },
      'more than 1000 parts',
    ],
  ])('%s', (_, option, fault) => {
    const { value, milliseconds } = timed(() => faultOf(option))
    expect(value).toContain(fault)
    expect(milliseconds).toBeLessThan(MOST_TIME)
  })

  test('what an operator writes fits', () => {
    expect(faultOf({ any: Array<string>(100).fill('userAgent.contains("a")') })).toBe('no fault')
    expect(faultOf(`path == "/"${many(200, ' || path == "/"')}`)).toBe('no fault')
    expect(faultOf(`${many(45, '(')}true${many(45, ')')}`)).toBe('no fault')
  })
})

const LONG = many(16_000, 'x')
const FULL = `/?${Array.from({ length: 128 }, (_, index) => `k${index}=${many(50, 'v')}`).join('&')}`
const each = (text: string): string => `query.all(a, query.all(b, ${text}))`
const TOO_MUCH = 'the expression asks for too much work'
const TOO_LONG = 'a text has more than 65536 characters'
const TOO_MANY = 'a list or map has more than 128 entries'

describe('a request that makes an expression explode is refused while it is evaluated', () => {
  const asked: Asked = { target: FULL, headers: { 'user-agent': LONG } }
  test.each<[string, boolean | string]>([
    [each('a != "z" || b != "z"'), true],
    ['query.all(a, query[a].size() == 50 && userAgent.contains("x"))', true],
    [each('query[b].matches("^(v+)+$") || userAgent == a'), TOO_MUCH],
    [each('userAgent.lowerAscii() != a'), TOO_MUCH],
    [each('!userAgent.contains("y" + a)'), TOO_MUCH],
    [each('userAgent.startsWith(userAgent)'), TOO_MUCH],
    [each('userAgent.reverse() != a'), TOO_MUCH],
    [each('userAgent + a <= userAgent + a + b'), TOO_MUCH],
    [each('bytes(userAgent) != b"a"'), TOO_MUCH],
    [each('timestamp(0).getHours("Europe/Berlin") == 1'), TOO_MUCH],
    [each('!path.matches(a + b)'), TOO_MUCH],
    [each('query.size() == 128 && query == {"a": "b"} || true'), true],
    [each(many(150, 'a != "z"', '&&')), TOO_MUCH],
    // Caught faults are not free either.
    [each('query["no"] == a'), TOO_MUCH],
    // One operand that asks for too much ends the whole, whatever the others say.
    [`${each('userAgent.reverse() != a')} || true`, TOO_MUCH],
    ['userAgent.replace("x", userAgent) == ""', TOO_LONG],
    ['userAgent + userAgent + userAgent + userAgent + userAgent == ""', TOO_LONG],
    ['query.map(a, userAgent).join() == ""', TOO_LONG],
    ['[userAgent, userAgent].join(userAgent + userAgent + userAgent) == ""', TOO_LONG],
    ['"%s".format([query.map(a, query.map(b, userAgent))]) == ""', TOO_LONG],
    ['"%.101f".format([1.0]) == ""', 'the format is malformed or has too few values'],
    ['userAgent.split("") == []', TOO_MANY],
    ['query.map(a, a) + ["one more"] == []', TOO_MANY],
    ['query.map(a, query.map(b, userAgent + a)).size() == 1', TOO_MUCH],
    ['userAgent.matches("[xy]*x[xy]{900}$")', TOO_MUCH],
    ['path.matches(userAgent)', 'is not a regular expression that can be used'],
  ])('%s', (text, expected) => {
    const { value, milliseconds } = timed(() => judged(text, asked))
    expect(value).toBe(expected)
    expect(milliseconds).toBeLessThan(MOST_TIME)
  })

  test.each([
    ['query', `${FULL}&more`, 'the request has more than 128 headers or query parameters'],
    ['query', `/?${many(8000, 'a', '&')}`, 'the request has more than 128 headers or query parameters'],
    ['segments(path)', many(8000, '/a'), TOO_MANY],
  ])('%s is never cut short', (what, target, fault) => {
    expect(judged(`${what}.size() > 0`, { target })).toBe(fault)
    expect(judged(`path.startsWith("/") || ${what}.size() > 0`, { target })).toBe(true)
  })

  test('128 of each are still judged', () => {
    expect(judged('query.size() == 128', { target: FULL })).toBe(true)
    expect(judged('segments(path).size() == 128', { target: many(128, '/a') })).toBe(true)
  })

  test('more than 128 headers are not judged', () => {
    const headers = Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`x-${index}`, '']))
    expect(judged('headers.size() > 0', { headers })).toBe(
      'the request has more than 128 headers or query parameters',
    )
  })

  test('a long cookie and a long User-Agent are within what usual patterns may cost', () => {
    const headers = { cookie: `a=${many(4000, 'b')}`, 'user-agent': many(400, 'M') }
    const option = { any: Array<string>(40).fill('userAgent.matches("(?i)some(thing)? [a-z]+bot/\\\\d+")') }
    expect(judged(option, { headers })).toBe(false)
    expect(judged('headers["Cookie"].matches("(^|; )session=[0-9a-f]{32}(;|$)")', { headers })).toBe(false)
  })
})
