import { describe, expect, test } from 'vitest'
import { compiled, factsOf, judged, worldOf } from './world.ts'
import type { Asked } from './world.ts'

const NO_ENTRY = 'a list or map has no such entry'
const asked: Asked = {
  target: '/a/b?x=1&y=a%20b+c&x=2&z&%C3%A4=%zz&&constructor=c',
  method: 'POST',
  address: '::ffff:203.0.113.9',
  host: 'shop.example:8443',
  headers: {
    host: 'shop.example:8443',
    'user-agent': 'Thing/1.0',
    'sec-ch-ua': '"x"',
    'x-forwarded-for': '1, 2',
    'content-length': '42',
  },
}

test.each([
  ['remoteAddress == "203.0.113.9"', true],
  ['contentLength == 42', true],
  ['host == "shop.example:8443" && scheme == "https" && method == "POST"', true],
  ['userAgent == "Thing/1.0" && path == "/a/b"', true],
  ['query == {"x": "1,2", "y": "a b c", "z": "", "ä": "%zz", "constructor": "c"}', true],
  ['query.x == "1,2" && query["y"] == "a b c" && size(query) == 5', true],
  ['query["no"] == ""', 'there is no entry "no"'],
  ['"toString" in query || "__proto__" in query', false],
  ['headers["User-Agent"] == "Thing/1.0" && "Sec-Ch-Ua" in headers', true],
  ['headers["user-agent"] == "Thing/1.0"', 'there is no entry "user-agent"'],
  ['"Host" in headers', false],
  ['"constructor" in headers || "toString" in headers || "__proto__" in headers', false],
  ['has(headers.Accept)', false],
  ['has(query.x) && !has(query.w)', true],
  ['missingHeader(headers, "Accept") && !missingHeader(headers, "User-Agent")', true],
  ['missingHeader(headers, "user-agent")', true],
  ['headers.exists(name, name.startsWith("Sec-")) && query.all(name, name != "q")', true],
  ['segments(path) == ["a", "b"] && segments("/") == [""] && segments("/a/") == ["a", ""]', true],
  ['segments("a/b").size() == 2', 'segments() needs a path that begins with /'],
  [
    String.raw`regexSafe("a.b/c[1]{2}(3)|^$*+?-:\\") == "a\\.b/c\\[1\\]\\{2\\}\\(3\\)\\|\\^\\$\\*\\+\\?\\-\\:\\\\"`,
    true,
  ],
  ['arpaReverseIP("192.0.2.10") == "10.2.0.192"', true],
  [`arpaReverseIP("2001:db8::1") == "1${'.0'.repeat(23)}.8.b.d.0.1.0.0.2"`, true],
  ['arpaReverseIP("192.0.2") == ""', 'is not an IP address'],
])('%s', (text, expected) => {
  expect(judged(text, asked)).toBe(expected)
})

test.each([
  [{}, 0],
  [{ 'content-length': '0' }, 0],
  [{ 'transfer-encoding': 'chunked' }, -1],
  [{ 'content-length': 'many' }, -1],
])('a request with the headers %j has a contentLength of %d', (headers, expected) => {
  expect(judged(`contentLength == ${expected}`, { headers })).toBe(true)
})

test('the load of the machine, the country and the network come from the senses', () => {
  const senses = { load: () => [0.5, 1.5, 2.5] as const, country: () => 'DE', asn: () => 64_496 }
  expect(judged('load_1m == 0.5 && load_5m == 1.5 && load_15m > 2.0 && load_1m < 1', {}, senses)).toBe(true)
  expect(judged('country == "DE" && asn == 64496', {}, senses)).toBe(true)
  expect(judged('country == "" && asn == 0')).toBe(true)
})

test('randInt is even over its range, and has no answer without one', () => {
  expect(judged('randInt(10) == 9', {}, { random: () => 0.999 })).toBe(true)
  expect(judged('randInt(10) == 0', {}, { random: () => 0.099 })).toBe(true)
  expect(judged('randInt(0) == 0')).toBe('randInt() needs a number above zero that fits 53 bits')
})

test('every randInt draws anew', () => {
  const draws = [0.1, 0.9]
  expect(judged('randInt(2) == 0 && randInt(2) == 1', {}, { random: () => draws.shift() ?? 0 })).toBe(true)
})

test('a rate is asked for when the expression is compiled, and counted per request', () => {
  const spec = { count: 'requests', per: 'address', window: 60_000 }
  const seen: unknown[] = []
  const world = worldOf({
    count: (which) => {
      seen.push(which)
      return 7
    },
  })
  const matches = compiled('rate("requests", "address", "1m") > 6', world)
  expect(world.rates).toEqual([spec])
  expect(seen).toEqual([])
  expect(matches(factsOf(), 'some')).toBe(true)
  expect(seen).toEqual([spec])
})

describe('the maps of a request', () => {
  test('are not made for an expression that does not read them', () => {
    const facts = factsOf({ target: `/?${'a&'.repeat(500)}` })
    expect(compiled('path == "/" && userAgent == ""')(facts, 'some')).toBe(true)
    expect(facts.asked).toEqual([])
  })

  test('are made once for all expressions of a policy', () => {
    const world = worldOf()
    const facts = factsOf()
    for (const text of ['"A" in headers', '"B" in headers']) void compiled(text, world)(facts, 'some')
    expect(facts.asked).toHaveLength(1)
    void compiled('"A" in headers', world)(factsOf(), 'some')
    expect(facts.asked).toHaveLength(1)
  })
})

describe('a path that can be read in several ways', () => {
  const target = '/pub/../admin'
  test.each([
    ['path.startsWith("/admin")', 'some', true],
    ['path.startsWith("/admin")', 'every', false],
    ['path.startsWith("/pub/")', 'some', true],
    ['path.startsWith("/pub/")', 'every', false],
    ['path.contains("a")', 'every', true],
    ['path.contains("q")', 'some', false],
    // One reading has no second segment.
    ['segments(path)[1] == ".."', 'some', true],
    ['segments(path)[1] == ".."', 'every', NO_ENTRY],
    ['segments(path)[1] == "no"', 'every', false],
  ] as const)('%s for %s reading is %s', (text, strictness, expected) => {
    expect(judged(text, { target }, {}, strictness)).toBe(expected)
  })

  test('counts once for an expression that does not look at it', () => {
    let asks = 0
    const world = worldOf({
      count: () => {
        asks++
        return 0
      },
    })
    void compiled('rate("paths", "pass", "10s") == 0', world)(factsOf({ target }), 'every')
    expect(asks).toBe(1)
  })
})
