import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressText } from '../../src/base/address.ts'
import { alwaysMatches } from '../../src/policy/lint/always.ts'
import { atomsOf } from '../../src/policy/lint/atoms.ts'
import { allImplied } from '../../src/policy/lint/implies.ts'
import { eachNested, intervalsOf } from '../../src/policy/lint/intervals.ts'
import { lintPolicy } from '../../src/policy/lint.ts'
import { compilePattern } from '../../src/policy/pattern.ts'
import { factsOf, partsOf, policyOf } from './stage.ts'

const compiled = (pattern: string) => {
  const found = compilePattern(pattern)
  if (!found.ok) throw new Error(found.fault)
  return found.value
}

describe('a pattern that matches everything', () => {
  test.each(['.*', '^', '^.*$', '.*$', '$', '(?i).*', 'a*', '(?:x|)', '^(?:.*)', '(?s).*'])(
    'is %s of any text',
    (pattern) => expect(alwaysMatches(pattern, '')).toBe(true),
  )

  test.each(['/', '.', '^/', '^/.*', '^/.*$', '/.*', '.+', '^(/|x)', ' . '])('is %s of any path', (pattern) =>
    expect(alwaysMatches(pattern, '/')).toBe(true),
  )

  test.each(['^/$', '^/a', '^/.+$', '\\b', '^$', '/\\.*$', '[/.*$]$', '\\Q/.*$', '^/?$'])(
    'is not %s',
    (pattern) => expect(alwaysMatches(pattern, '/')).toBe(false),
  )

  const piece = fc.constantFrom('.', '.*', '^', '$', '/', 'a', 'a*', '(?:', ')', '|', '\\b', '+', '?', '\\.')
  const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))

  test('is none that some text does not match', () => {
    const text = fc.string({ maxLength: 8, unit: fc.constantFrom('/', 'a', 'b', '.', ' ') })
    let always = 0
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 20 }), (tried, texts) => {
        fc.pre(compilePattern(tried).ok)
        const missedBy = (start: string) =>
          alwaysMatches(tried, start)
            ? texts.filter((each) => !compiled(tried).test(start + each))
            : undefined
        const [anything, paths] = [missedBy(''), missedBy('/')]
        always += (anything ? 1 : 0) + (paths ? 1 : 0)
        expect([tried, anything ?? [], paths ?? []]).toEqual([tried, [], []])
      }),
      { numRuns: 1000 },
    )
    expect(always).toBeGreaterThan(100)
  })
})

/** Small blocks near one another, so that many nest. */
const block = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
  .map(([host, prefix]) => {
    const size = 2 ** (32 - prefix)
    return `10.0.0.${Math.floor(host / size) * size}/${prefix}`
  })

const hostsOf = (range: string): readonly string[] => {
  const [address = '', prefix] = range.split('/')
  const first = Number(address.split('.')[3])
  return Array.from({ length: 2 ** (32 - Number(prefix)) }, (_, index) => `10.0.0.${first + index}`)
}

describe('ranges', () => {
  test('of one rule lie in those of another exactly when all of their addresses do', () => {
    const list = fc.array(block, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(list, list, (inner, outer) => {
        const outerHosts = new Set(outer.flatMap(hostsOf))
        const atoms = (ranges: string[]) => atomsOf({ remote_addresses: ranges })
        expect(allImplied(atoms(inner), atoms(outer))).toBe(
          inner.flatMap(hostsOf).every((host) => outerHosts.has(host)),
        )
      }),
    )
  })

  test('that nest are all found', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 10 }), (ranges) => {
        const found: string[] = []
        const intervals = ranges.flatMap((range, index) => intervalsOf([range], index))
        eachNested(intervals, (inner, outer) => {
          const [low, high] = [inner.owner, outer.owner].sort((a, b) => a - b)
          found.push(`${low} ${high}`)
        })
        const pairs = ranges.flatMap((a, i) =>
          ranges.slice(i + 1).flatMap((b, j) => {
            const hosts = new Set(hostsOf(a))
            return hostsOf(b).some((host) => hosts.has(host)) ? [`${i} ${i + 1 + j}`] : []
          }),
        )
        expect(found.sort()).toEqual(pairs.sort())
      }),
    )
  })
})

describe('a rule that is told to be shadowed', () => {
  const condition = fc.record(
    {
      path_regex: fc.constantFrom('^/a', '^/a/b', '^/', '/b$', '^/c$'),
      user_agent_regex: fc.constantFrom('x', 'y', '.*', '^x'),
      remote_addresses: fc.constantFrom(['10.0.0.0/8'], ['10.1.0.0/16'], ['192.0.2.0/24', '10.1.0.0/16']),
      headers_regex: fc.constantFrom({ Accept: '.*' }, { accept: '.*', dnt: '1' }),
      expression: fc.constantFrom('method == "GET"', { any: ['method == "GET"', 'method == "PUT"'] }),
    },
    { requiredKeys: [] },
  )
  const request = fc.record({
    target: fc.constantFrom('/', '/a', '/a/b', '/c', '/a/b/c'),
    address: fc.constantFrom('10.1.2.3', '10.2.3.4', '192.0.2.9', '203.0.113.1'),
    method: fc.constantFrom('GET', 'PUT', 'POST'),
    headers: fc.record(
      { 'user-agent': fc.constantFrom('x', 'y', 'xy'), accept: fc.constant('*/*'), dnt: fc.constant('1') },
      { requiredKeys: [] },
    ),
  })

  test('never decides', async () => {
    let told = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(condition, { minLength: 2, maxLength: 4 }),
        fc.array(request, { minLength: 5, maxLength: 20 }),
        async (conditions, requests) => {
          const bots = conditions.map((each, index) => ({
            name: `r${index}`,
            action: index % 2 === 0 ? 'ALLOW' : 'DENY',
            ...(Object.keys(each).length === 0 ? { path_regex: '.' } : each),
          }))
          const parts = partsOf({ bots })
          const dead = lintPolicy(parts)
            .filter(({ code }) => code === 'shadowed' || code === 'unreachable')
            .map(({ path }) => `r${path[1]}`)
          told += dead.length
          const policy = policyOf({ bots })
          const deciding = await Promise.all(requests.map(async (each) => policy.evaluate(factsOf(each))))
          expect(deciding.filter(({ rule }) => dead.includes(rule))).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
    expect(told).toBeGreaterThan(50)
  })
})

test('three hundred rules with a hundred ranges each are looked at in seconds', () => {
  const bots = Array.from({ length: 300 }, (_, rule) => ({
    name: `r${rule}`,
    action: rule % 2 === 0 ? 'ALLOW' : 'DENY',
    path_regex: `^/${rule}[ab]`,
    remote_addresses: Array.from(
      { length: 100 },
      (__, index) => `${addressText([0, 0, 0xffff, 0x0a000000 + (rule % 256) * 65_536 + index * 256])}/24`,
    ),
  }))
  expect(lintPolicy(partsOf({ bots }))).toEqual([])
}, 20_000)
