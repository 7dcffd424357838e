import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPatternPool } from '../../src/policy/pattern-pool.ts'
import { compilePattern } from '../../src/policy/pattern.ts'

const testOf = (pool: ReturnType<typeof createPatternPool>, pattern: string) => {
  const added = pool.add(pattern)
  if (!added.ok) throw new Error(added.fault)
  return added.value
}

const PATTERNS = [
  'a',
  '^a',
  'b$',
  '^$',
  '(?i)AB',
  '\\bab\\b',
  'a|b',
  '^(a+)+$',
  'a{2,3}b',
  '[^a]',
  '\\d+',
  '(?s)a.b',
  'a.b',
  '^\\s',
  '\\x{e9}',
  '(?P<n>ab)c',
  '^Mozilla.*b\\z',
]

test('patterns together say of every text what each says alone', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'B', ' ', '\n', '1', 'é', 'c', '😀', '-'),
    maxLength: 12,
  })
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PATTERNS), { minLength: 1 }),
      fc.array(text, { minLength: 1 }),
      (patterns, texts) => {
        const pool = createPatternPool()
        const tests = patterns.map((pattern) => testOf(pool, pattern))
        for (const tested of texts) {
          for (const [index, pattern] of patterns.entries()) {
            const alone = compilePattern(pattern)
            expect(tests[index]!(tested)).toBe(alone.ok && alone.value.test(tested))
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('more patterns than one set holds are all tried', () => {
  const pool = createPatternPool()
  const tests = Array.from({ length: 300 }, (_, index) => testOf(pool, `<${index}>`))
  for (const index of [0, 127, 128, 255, 256, 299]) {
    expect(tests.flatMap((fits, at) => (fits(`x<${index}>`) ? [at] : []))).toEqual([index])
  }
})

test('a pattern that does not compile is told and not added', () => {
  const pool = createPatternPool()
  expect(pool.add('(')).toEqual({ ok: false, fault: 'is not a regular expression: missing closing )' })
  expect(testOf(pool, 'a')('a')).toBe(true)
})

test('a text that a pattern alone would be too slow for is a fault of that pattern only', () => {
  const pool = createPatternPool()
  const heavy = testOf(pool, '[ab]*a[ab]{900}$')
  const light = testOf(pool, 'x')
  const text = 'ab'.repeat(8000)
  expect(() => heavy(text)).toThrow(/more than \d+ characters/)
  expect(light(`${text}x`)).toBe(true)
  expect(heavy(`a${'b'.repeat(900)}`)).toBe(true)
})

test('what is remembered of thousands of texts stays right', () => {
  const pool = createPatternPool()
  const [even, long] = [testOf(pool, '[02468]$'), testOf(pool, 'y')]
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 3000; n++) expect(even(`agent ${n}`)).toBe(n % 2 === 0)
  }
  expect(long(`${'x'.repeat(1000)}y`)).toBe(true)
  expect(even(`${'x'.repeat(1000)}1`)).toBe(false)
})
