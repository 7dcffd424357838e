import { describe, expect, test } from 'vitest'
import { judged } from './world.ts'

const NO_ENTRY = 'a list or map has no such entry'
const TYPES = 'the types of the operands do not fit'
const OVERFLOW = 'the number does not fit 64 bits'
const RANGE = 'an index is out of range'

describe('operators', () => {
  test.each([
    ['1 + 2 * 3 == 7', true],
    ['(1 + 2) * 3 == 9', true],
    ['-7 / 2 == -3 && -7 % 2 == -1', true],
    ['7.0 / 2.0 == 3.5', true],
    ['1.0 / 0.0 > 1e300', true],
    ['1 / 0 == 1', 'division by zero'],
    ['1 % 0 == 1', 'division by zero'],
    ['9223372036854775807 + 1 > 0', OVERFLOW],
    ['-9223372036854775808 - 1 < 0', OVERFLOW],
    ['-9223372036854775808 / -1 > 0', OVERFLOW],
    ['-(-9223372036854775808) > 0', OVERFLOW],
    ['9223372036854775807 * 2 > 0', OVERFLOW],
    ['-9223372036854775808 < 9223372036854775807', true],
    ['1u + 2u == 3u', true],
    ['1u - 2u == 3u', OVERFLOW],
    ['18446744073709551615u + 1u == 0u', OVERFLOW],
    ['"a" + "b" == "ab"', true],
    ['[1] + [2, 3] == [1, 2, 3]', true],
    ['b"a" + b"b" == b"ab"', true],
    ['1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2', true],
    ['"a" < "b" && "B" < "a"', true],
    ['"\\uffff" < "\\U0001f600"', true],
    ['1 < 1.5 && 2u > 1', true],
    ['dyn(1) == 1.0 && dyn(1u) == 1', true],
    ['dyn(9007199254740993) == 9007199254740992.0', false],
    ['dyn("1") == 1', false],
    ['double("NaN") == double("NaN")', false],
    ['double("NaN") < 1.0 || double("NaN") >= 1.0', false],
    ['dyn("a") + 1 == 2', TYPES],
    ['dyn("a") < 1', TYPES],
    ['[1, 2] == [1, 2] && [1] != [2]', true],
    ['{"a": 1} == {"a": 1} && {"a": 1} != {"a": 2}', true],
    ['{"a": 1, "a": 2} == {"a": 2}', 'a map has one key twice'],
    ['2 in [1, 2] && !(3 in [1, 2]) && "a" in {"a": 1}', true],
    ['[1, 2][1] == 2', true],
    ['[1, 2][2] == 2', NO_ENTRY],
    ['[1, 2][-1] == 2', NO_ENTRY],
    ['{"a": {"b": true}}.a.b', true],
    ['{1: "x"}[1] == "x" && {true: 1}[true] == 1', true],
    ['{"a": 1}["constructor"] == 1', 'there is no entry "constructor"'],
    ['"__proto__" in {"a": 1} || "toString" in headers', false],
    ['true ? true : 1 / 0 == 1', true],
    ['!(1 == 2)', true],
    ['// a comment\ntrue', true],
    ['null == null', true],
    ['r"\\d" == "\\\\d"', true],
    ['"""a"b""" == "a\\"b"', true],
    ['type(1) == int && type("") == string && type(1.5) != int', true],
  ])('%s', (text, expected) => {
    expect(judged(text)).toBe(expected)
  })
})

describe('an operand without a value matters only if no other decides', () => {
  const fault = 'headers["no"] == "x"'
  const missing = 'there is no entry "no"'
  test.each([
    [`false && ${fault}`, false],
    [`${fault} && false`, false],
    [`true || ${fault}`, true],
    [`${fault} || true`, true],
    [`${fault} && true`, missing],
    [`true && ${fault}`, missing],
    [`${fault} || false`, missing],
    [`${fault} && ${fault} && false`, false],
    [`(${fault} || false) || true`, true],
    [`!(${fault}) || true`, true],
    [`${fault} ? true : true`, missing],
    [`[1, 0].exists(x, 1 / x == 1)`, true],
    [`[0, 1].exists(x, 1 / x == 1)`, true],
    [`[0, 1].all(x, 1 / x == 2)`, false],
    [`[0, 1].all(x, 1 / x == 1)`, 'division by zero'],
    [`[0, 2].exists(x, 1 / x == 1)`, 'division by zero'],
    [`[0, 1].exists_one(x, 1 / x == 1)`, 'division by zero'],
    [`[0, 1].map(x, 1 / x).size() == 2`, 'division by zero'],
    [`dyn(1) && false`, false],
    [`dyn(1) || false`, 'a condition is neither true nor false'],
  ])('%s', (text, expected) => {
    expect(judged(text)).toBe(expected)
  })

  test.each([
    [{ all: ['true', fault] }, missing],
    [{ all: [fault, 'false'] }, false],
    [{ any: [fault, 'true'] }, true],
    [{ any: ['false', 'true && false'] }, false],
    [{ all: ['true || false', 'false || true'] }, true],
    // Each item stands in brackets of its own.
    [{ all: ['true || true', 'false'] }, false],
  ])('%j', (option, expected) => {
    expect(judged(option)).toBe(expected)
  })
})

test.each([
  ['[1, 2, 3].all(x, x > 0)', true],
  ['[].all(x, false) && ![].exists(x, true)', true],
  ['[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].exists_one(x, x > 1)', true],
  ['[1, 2, 3].map(x, x * 2) == [2, 4, 6]', true],
  ['[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]', true],
  ['[1, 2, 3].filter(x, x > 1) == [2, 3]', true],
  ['{"a": 1, "b": 2}.all(k, k in ["a", "b"])', true],
  ['[1, 2].all(x, [3, 4].all(y, x < y))', true],
  ['[1, 2].all(x, [3, 4].exists(x, x == 4) && x < 3)', true],
  ['[[1], [2]].map(x, x[0]) == [1, 2]', true],
  ['["/a"].exists(path, path == "/a")', true],
])('macro: %s', (text, expected) => {
  expect(judged(text)).toBe(expected)
})

describe('functions on texts', () => {
  test.each([
    ['"tacocat".charAt(3) == "o" && "abc".charAt(3) == ""', true],
    ['"abc".charAt(4) == ""', RANGE],
    ['"a😀b".charAt(1) == "😀" && "a😀b".charAt(2) == "b"', true],
    ['"tacocat".indexOf("") == 0 && "tacocat".indexOf("ac") == 1 && "tacocat".indexOf("nope") == -1', true],
    [
      '"tacocat".indexOf("", 3) == 3 && "tacocat".indexOf("a", 3) == 5 && "tacocat".indexOf("at", 3) == 5',
      true,
    ],
    ['"abc".indexOf("a", 9) == -1', true],
    ['"abc".indexOf("a", -1) == -1', RANGE],
    ['"a😀b".indexOf("b") == 2 && "a😀b😀".lastIndexOf("😀") == 3', true],
    [
      '"tacocat".lastIndexOf("") == 7 && "tacocat".lastIndexOf("at") == 5 && "tacocat".lastIndexOf("a", 3) == 1',
      true,
    ],
    ['"".lastIndexOf("a") == -1', true],
    ['["a", "b"].join() == "ab" && ["a", "b"].join("-") == "a-b" && [].join("-") == ""', true],
    ['"TacoCÆt Xii".lowerAscii() == "tacocÆt xii"', true],
    ['"TacoCÆt xii".upperAscii() == "TACOCÆT XII" && "ß".upperAscii() == "ß"', true],
    ['"hello hello".replace("he", "we") == "wello wello"', true],
    ['"hello hello".replace("he", "we", 1) == "wello hello"', true],
    ['"hello".replace("he", "we", 0) == "hello" && "hello".replace("", "_") == "_h_e_l_l_o_"', true],
    ['"hello".replace("", "_", 2) == "_h_ello"', true],
    ['"gums".reverse() == "smug" && "a😀".reverse() == "😀a"', true],
    ['"a b c".split(" ") == ["a", "b", "c"] && "a b c".split(" ", 2) == ["a", "b c"]', true],
    [
      '"a b".split(" ", 0) == [] && "a b".split(" ", -1) == ["a", "b"] && "a😀".split("") == ["a", "😀"]',
      true,
    ],
    [
      '"tacocat".substring(4) == "cat" && "tacocat".substring(0, 4) == "taco" && "ta😀o".substring(2, 3) == "😀"',
      true,
    ],
    ['"abc".substring(2, 1) == ""', RANGE],
    ['"abc".substring(4) == ""', RANGE],
    ['"  \\t\\u0085trim\\u2003\\n ".trim() == "trim" && "\\ufeffa".trim() == "\\ufeffa"', true],
    ['strings.quote("a\\n\\"b\\\\\\a") == "\\"a\\\\n\\\\\\"b\\\\\\\\\\\\a\\""', true],
    [
      '"%s is %d, %.2f, %e, %x %X %o %b %%".format(["x", 5, 1.5, 1234.5, 255, "a", 8, 5]) == "x is 5, 1.50, 1.234500e+03, ff 61 10 101 %"',
      true,
    ],
    ['"%s %s".format([[1, "a"], {"b": 1.0, "a": null}]) == "[1, a] {a: null, b: 1}"', true],
    ['"%s %s".format([1]) == ""', 'the format is malformed or has too few values'],
    ['"%y".format([1]) == ""', 'the format is malformed or has too few values'],
    [
      '"a😀".size() == 2 && size("") == 0 && size([1, 2]) == 2 && size({1: 1}) == 1 && b"ab".size() == 2',
      true,
    ],
    ['"abc".startsWith("ab") && "abc".endsWith("bc") && "abc".contains("b")', true],
    ['int("-5") == -5 && int(1.9) == 1 && int(-1.9) == -1 && int(3u) == 3', true],
    ['int("0x1") == 1', 'the value cannot be made a number'],
    ['int(1e19) == 1', OVERFLOW],
    ['uint(-1) == 1u', OVERFLOW],
    ['double("1.5e3") == 1500.0 && double("-inf") < 0.0 && double(2) == 2.0', true],
    ['double("") == 0.0', 'the value cannot be made a number'],
    ['string(1) == "1" && string(1.5) == "1.5" && string(true) == "true" && string(b"ab") == "ab"', true],
    ['string(1e-7) == "1e-07" && string(1e21) == "1e+21"', true],
    ['string(b"\\xff") == ""', 'the bytes are not UTF-8'],
    ['bool("true") && !bool("f")', true],
    ['bool("constructor")', 'the text is neither true nor false'],
  ])('%s', (text, expected) => {
    expect(judged(text)).toBe(expected)
  })
})

test.each([
  ['timestamp("2026-02-03T04:05:06.789Z").getFullYear() == 2026', true],
  [
    'timestamp("2026-02-03T04:05:06Z").getMonth() == 1 && timestamp("2026-02-03T04:05:06Z").getDate() == 3',
    true,
  ],
  [
    'timestamp("2026-07-01T00:30:00Z").getDayOfYear() == 181 && timestamp("2026-07-01T00:30:00Z").getDayOfWeek() == 3',
    true,
  ],
  ['timestamp("2026-07-01T00:30:00Z").getHours("Europe/Berlin") == 2', true],
  ['timestamp("2026-07-01T00:30:00Z").getHours("-01:30") == 23', true],
  ['timestamp("2026-07-01T00:30:00Z").getHours("Nowhere/No") == 2', 'is not a time zone'],
  ['timestamp("2026-07-01T00:30:00+02:00") == timestamp("2026-06-30T22:30:00Z")', true],
  ['timestamp("2026-01-01T00:00:00Z") + duration("1h30m") == timestamp("2026-01-01T01:30:00Z")', true],
  ['timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z") == duration("24h")', true],
  [
    'int(timestamp("1970-01-01T00:01:00Z")) == 60 && timestamp(60) == timestamp("1970-01-01T00:01:00Z")',
    true,
  ],
  ['string(timestamp(0)) == "1970-01-01T00:00:00Z" && string(duration("-1.5s")) == "-1.5s"', true],
  ['duration("1h") > duration("59m59s") && duration("90m").getHours() == 1', true],
  [
    'timestamp("2026-02-30T00:00:00Z") == timestamp(0)',
    'timestamp() needs a time such as 2026-01-31T12:00:00Z',
  ],
  [
    'timestamp("yesterday at half past") == timestamp(0)',
    'timestamp() needs a time such as 2026-01-31T12:00:00Z',
  ],
  ['duration("1x") == duration("1s")', 'duration() needs a duration such as 1h30m'],
  [
    'timestamp("9999-12-31T23:59:59Z") + duration("1s") == timestamp(0)',
    'the time is not between the years 1 and 9999',
  ],
])('time: %s', (text, expected) => {
  expect(judged(text)).toBe(expected)
})

test.each([
  ['path.matches("^/a.b$")', '/a-b', true],
  ['path.matches("b")', '/abc', true],
  ['path.matches("^b")', '/abc', false],
  ['matches(path, "a")', '/abc', true],
  // As Go has it: named groups, \\A and \\z, classes of POSIX.
  ['path.matches(r"\\A/(?P<x>[[:alpha:]]+)\\z")', '/abc', true],
  // White space at its ends belongs to the pattern.
  ['path.matches(" ")', '/abc', false],
  // In JavaScript $ and \\d would mean the same, but (?i) would be a fault.
  ['path.matches("(?i)ABC$")', '/abc', true],
  ['path.matches("^" + regexSafe("/a.c") + "$")', '/abc', false],
  ['path.matches("^" + regexSafe("/a.c") + "$")', '/a.c', true],
  ['path.matches("(" + method)', '/', 'is not a regular expression that can be used'],
  ['path.matches(method + "{1000}{1000}")', '/', 'is not a regular expression that can be used'],
])('matches is RE2: %s on %s', (text, target, expected) => {
  expect(judged(text, { target })).toBe(expected)
})
