import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { LONGEST_RETURN_PATH, returnPathOf } from '../../src/client/return-path.ts'

const ORIGINS = ['http://site.test', 'https://site.test', 'http://site.test:8080'] as const

const HOSTILE: readonly string[] = [
  '',
  ' ',
  'evil.test',
  'http://evil.test',
  'https://evil.test/',
  'https:evil.test',
  'http:/evil.test',
  'HTTP://EVIL.TEST',
  '//evil.test',
  '///evil.test',
  '////evil.test',
  '//evil.test/%2f..',
  '//evil.test:80',
  '//user@evil.test',
  '//[::1]/',
  '/\\evil.test',
  '\\/evil.test',
  '\\\\evil.test',
  '/\\/evil.test',
  '\\evil.test',
  '/\\\\evil.test',
  '/a\\b',
  '/a/..\\//evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r/evil.test',
  '\t//evil.test',
  ' //evil.test',
  '/ /evil.test',
  '/\0/evil.test',
  '/\v/evil.test',
  '/\f/evil.test',
  '\n/a',
  '/a\n',
  '/a\r\nSet-Cookie: a=b',
  '/a\r\n\r\n<script>',
  '/a b',
  '/a\u0085b',
  '/\u00a0/evil.test',
  '/\u2028/evil.test',
  '/\ufeff/evil.test',
  '/\u3000/evil.test',
  '\u3000//evil.test',
  '/\u200b/evil.test',
  '/é',
  '/\u{1f600}',
  '/\u2215evil.test',
  '/\uff0fevil.test',
  '/\u007f',
  '/\u0001',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://evil.test',
  'mailto:a@evil.test',
  'blob:x',
  'about:blank',
  '?a',
  '#a',
  '.',
  '..',
  './a',
  '../a',
  'a/b',
  '@evil.test',
  ':80',
  '%2f%2fevil.test',
  '%5cevil.test',
  '&#47;&#47;evil.test',
  '<script>',
  `/${'a'.repeat(LONGEST_RETURN_PATH)}`,
]

const HONEST: readonly string[] = [
  '/',
  '/a',
  '/a/b/c',
  '/a/',
  '/wiki//bin',
  '/a?b=http://x.test/y',
  '/a?b=//x',
  '/a?x=1&x=2',
  '/a;b?x;y',
  '/?',
  '/a?',
  '/%2f',
  '/%2F%2f',
  '/a%20b',
  '/%E2%82%AC',
  '/~user',
  '/a:b',
  '/@name',
  '/a?q=%0d%0a',
  '/a#fragment',
  '/.well-known/x',
  '/../a',
  '/a/../b',
  '/a?b={c}|d^e`',
  "/a'b(c)*!",
  '/a?redirect=https%3A%2F%2Fx.test',
  '/"quoted"',
  '/<b>',
  `/${'a'.repeat(LONGEST_RETURN_PATH - 1)}`,
]

test('the lists are as long as they should be', () => {
  expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60)
  expect(new Set(HONEST).size).toBeGreaterThanOrEqual(20)
})

describe('a path that leads elsewhere becomes the root', () => {
  test.each(HOSTILE.map((path) => [JSON.stringify(path).slice(0, 60), path]))('%s', (_, path) => {
    expect(returnPathOf(path)).toBe('/')
  })
})

describe('a path on the own origin stays as it is', () => {
  test.each(HONEST.map((path) => [path.slice(0, 60), path]))('%s', (_, path) => {
    expect(returnPathOf(path)).toBe(path)
  })
})

const PIECES = [
  '/',
  '\\',
  '//',
  '/\\',
  '.',
  '..',
  '%2f',
  '%5c',
  '%09',
  '%0d%0a',
  '@',
  ':',
  '?',
  '#',
  'evil.test',
  'http:',
  'a',
  '\t',
  '\n',
  ' ',
]
const target = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.webPath().map((path) => `/${path}`),
)

test('whatever is asked, the answer stays on the visitor’s own origin and in one header line', () => {
  fc.assert(
    fc.property(target, (asked) => {
      const path = returnPathOf(asked)
      expect(path).toMatch(/^\/[\x21-\x7e]*$/)
      expect(path === '/' || path === asked).toBe(true)
      for (const origin of ORIGINS) expect(new URL(path, `${origin}/deep/page`).origin).toBe(origin)
    }),
    { numRuns: 5000 },
  )
})

test('the answer given again stays the same', () => {
  fc.assert(
    fc.property(target, (asked) => {
      expect(returnPathOf(returnPathOf(asked))).toBe(returnPathOf(asked))
    }),
  )
})
