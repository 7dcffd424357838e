import { describe, expect, test } from 'vitest'
import type { MatcherKind, Matches, World } from '../../src/policy/matcher.ts'
import { asnsMatcher } from '../../src/policy/matchers/asns.ts'
import { geoipMatcher } from '../../src/policy/matchers/geoip.ts'
import { listMatcher } from '../../src/policy/matchers/list.ts'
import { rateMatcher } from '../../src/policy/matchers/rate.ts'
import { remoteAddressesMatcher } from '../../src/policy/matchers/remote-addresses.ts'
import { verifiedMatcher } from '../../src/policy/matchers/verified.ts'
import { createRequestValues } from '../../src/policy/expression/request-values.ts'
import { createReadings } from '../../src/policy/path-readings.ts'
import { createPatternPool } from '../../src/policy/pattern-pool.ts'
import type { RateSpec, Senses } from '../../src/policy/senses.ts'
import { factsOf, quietSenses } from './stage.ts'

interface Stage extends World {
  readonly rates: RateSpec[]
}

const worldOf = (senses: Partial<Senses> = {}, more: Partial<World> = {}): Stage => {
  const rates: RateSpec[] = []
  return {
    senses: { ...quietSenses, ...senses },
    pools: { userAgent: createPatternPool(), path: createPatternPool() },
    readings: createReadings(),
    values: createRequestValues(),
    databases: { country: true, asn: true },
    lists: ['office', 'bots'],
    condition: () => ({ ok: false, fault: 'unknown' }),
    needsRate: (spec) => void rates.push(spec),
    rates,
    ...more,
  }
}

const compiled = <T>(kind: MatcherKind<T>, option: unknown, world: World): Matches => {
  const result = kind.compile(kind.schema.parse(option), world)
  if (!result.ok) throw new Error(result.fault)
  return result.value
}
const from = (address: string) => factsOf({ address })
const faultOf = <T>(kind: MatcherKind<T>, option: unknown): string | undefined =>
  kind.schema.safeParse(option).error?.issues[0]?.message

describe('rate', () => {
  test('holds above the number, and tells once what has to be counted', () => {
    let count = 100
    const asked: RateSpec[] = []
    const world = worldOf({ count: (spec) => (asked.push(spec), count) })
    const matches = compiled(rateMatcher, { count: 'requests', window: '1m', over: 100 }, world)
    const spec = { count: 'requests', per: 'address', window: 60_000 }
    expect(world.rates).toEqual([spec])
    expect(matches(from('192.0.2.1'), 'some')).toBe(false)
    count = 101
    expect(matches(from('192.0.2.1'), 'some')).toBe(true)
    expect(asked[0]).toBe(world.rates[0])
  })

  test.each([
    [
      { count: 'answers', window: '1m', over: 1 },
      'must be one of requests, challenges, refused, not_found, paths',
    ],
    [{ count: 'requests', per: 'host', window: '1m', over: 1 }, 'must be address or pass'],
    [{ count: 'requests', window: '100ms', over: 1 }, 'must be at least 1s'],
    [{ count: 'requests', window: '2d', over: 1 }, 'must be at most 24h'],
    [{ count: 'paths', window: '1h', over: 6000 }, 'must be at most 5000 for paths'],
  ])('%j: %s', (option, fault) => expect(faultOf(rateMatcher, option)).toBe(fault))
})

describe('list', () => {
  const listed = (list: string, { text }: { text: string }): boolean =>
    list === 'bots' && text === '192.0.2.1'

  test('holds when one of the lists has the address', () => {
    const world = worldOf({ listed })
    expect(compiled(listMatcher, ['office', 'bots'], world)(from('192.0.2.1'), 'some')).toBe(true)
    expect(compiled(listMatcher, 'office', world)(from('192.0.2.1'), 'some')).toBe(false)
    expect(compiled(listMatcher, 'bots', world)(from('192.0.2.2'), 'some')).toBe(false)
  })

  test('of a name that is none is a fault that tells the names', () => {
    expect(() => compiled(listMatcher, 'bot', worldOf())).toThrow(
      'must be a name of the section lists (office, bots), not "bot"',
    )
    expect(() => compiled(listMatcher, 'bot', worldOf({}, { lists: [] }))).toThrow('(there are none)')
  })
})

describe('asns and geoip', () => {
  const world = worldOf({
    asn: ({ text }) => (text === '192.0.2.1' ? 64_496 : undefined),
    country: ({ text }) => (text === '192.0.2.1' ? 'DE' : undefined),
  })

  test('hold for what the database knows, and never for what it does not', () => {
    const asns = compiled(asnsMatcher, { match: [64_496, 64_497] }, world)
    const geoip = compiled(geoipMatcher, { countries: ['fr', 'de'] }, world)
    expect([asns(from('192.0.2.1'), 'some'), geoip(from('192.0.2.1'), 'some')]).toEqual([true, true])
    expect([asns(from('192.0.2.2'), 'some'), geoip(from('192.0.2.2'), 'some')]).toEqual([false, false])
  })

  test('need their databases', () => {
    const without = worldOf({}, { databases: { country: false, asn: false } })
    expect(() => compiled(asnsMatcher, { match: [1] }, without)).toThrow('needs databases.asn')
    expect(() => compiled(geoipMatcher, { countries: ['DE'] }, without)).toThrow('needs databases.country')
  })

  test('refuse what is no number and no code', () => {
    expect(faultOf(asnsMatcher, { match: ['AS1'] })).toBe(
      'must be the number of an autonomous system, such as 64496',
    )
    expect(faultOf(asnsMatcher, { match: [2 ** 32] })).toBe(
      'must be the number of an autonomous system, such as 64496',
    )
    expect(faultOf(geoipMatcher, { countries: ['DEU'] })).toBe(
      'must be a country code of two letters, such as DE',
    )
  })
})

describe('remote_addresses', () => {
  test('holds for single addresses and ranges, IPv4 in IPv6 included', () => {
    const matches = compiled(remoteAddressesMatcher, ['192.0.2.7', '10.0.0.0/8', '2001:db8::/32'], worldOf())
    const held = ['192.0.2.7', '192.0.2.8', '::ffff:10.1.1.1', '2001:db8::1', '2001:db9::1'].map((address) =>
      matches(from(address), 'some'),
    )
    expect(held).toEqual([true, false, true, true, false])
  })
})

describe('verified', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    '192.0.2.1': ['crawl-1.GoogleBot.com'],
    '192.0.2.2': ['crawl-1.googlebot.com'],
    '192.0.2.3': ['fake.example', 'crawl-3.googlebot.com'],
    '192.0.2.4': ['evilgooglebot.com', 'googlebot.com', 'googlebot.com.evil.example'],
    '192.0.2.5': ['crawl-5.googlebot.com', 'mine.example'],
  }
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'crawl-1.googlebot.com': ['192.0.2.1'],
    'crawl-3.googlebot.com': ['198.51.100.1', '192.0.2.3'],
    'evilgooglebot.com': ['192.0.2.4'],
    'googlebot.com': ['192.0.2.4'],
    'googlebot.com.evil.example': ['192.0.2.4'],
    'crawl-5.googlebot.com': ['198.51.100.5'],
    'mine.example': ['192.0.2.5'],
  }
  const known: Partial<Senses> = {
    reverse: ({ text }) => names[text] ?? [],
    forward: (name) => addresses[name] ?? [],
  }
  const later: Partial<Senses> = {
    reverse: async ({ text }) => names[text] ?? [],
    forward: async (name) => addresses[name] ?? [],
  }

  test.each([
    ['a name that leads back', '192.0.2.1', true],
    ['a name of another address', '192.0.2.2', false],
    ['one of several names', '192.0.2.3', true],
    ['names that only look alike', '192.0.2.4', false],
    ['one name in the domain, and another one that leads back', '192.0.2.5', false],
    ['no name', '192.0.2.6', false],
  ])('by DNS: %s', async (_what, address, expected) => {
    for (const senses of [known, later]) {
      const matches = compiled(verifiedMatcher, { names: ['.googlebot.com'] }, worldOf(senses))
      expect(await matches(from(address), 'some')).toBe(expected)
    }
  })

  test('a domain without its dot holds itself too', async () => {
    const matches = compiled(verifiedMatcher, { names: ['Googlebot.com.'] }, worldOf(known))
    expect(await matches(from('192.0.2.4'), 'some')).toBe(true)
  })

  test('what is known at once is answered at once', () => {
    const matches = compiled(verifiedMatcher, { names: ['.googlebot.com'] }, worldOf(known))
    expect(matches(from('192.0.2.1'), 'some')).toBe(true)
  })

  test('DNS is asked only when ranges and list do not know the address, and never without names', async () => {
    let asked = 0
    const senses: Partial<Senses> = {
      ...known,
      reverse: () => (asked++, []),
      listed: (_list, { text }) => text === '198.51.100.9',
    }
    const option = { remote_addresses: ['203.0.113.0/24'], list: 'bots' }
    const without = compiled(verifiedMatcher, option, worldOf(senses))
    const withNames = compiled(verifiedMatcher, { ...option, names: ['.googlebot.com'] }, worldOf(senses))
    const probes = ['203.0.113.5', '198.51.100.9', '192.0.2.9']
    expect(probes.map((address) => without(from(address), 'some'))).toEqual([true, true, false])
    expect(asked).toBe(0)
    expect(probes.map((address) => withNames(from(address), 'some'))).toEqual([true, true, false])
    expect(asked).toBe(1)
  })

  test('a failed lookup is a failure, unless another name leads back', async () => {
    const broken = (name: string) => {
      if (name === 'crawl-3.googlebot.com') throw new Error('timeout')
      return addresses[name] ?? []
    }
    const of = (claimed: readonly string[]) =>
      compiled(
        verifiedMatcher,
        { names: ['.googlebot.com'] },
        worldOf({ reverse: () => claimed, forward: broken }),
      )
    const [bad, good] = ['crawl-3.googlebot.com', 'crawl-1.googlebot.com']
    await expect(of([bad, good])(from('192.0.2.1'), 'some')).resolves.toBe(true)
    await expect(of([bad, good])(from('192.0.2.9'), 'some')).rejects.toThrow('timeout')
    expect(() => of([bad])(from('192.0.2.1'), 'some')).toThrow('timeout')
  })

  test('an address with a thousand names costs eight lookups', async () => {
    let asked = 0
    const reverse = () => Array.from({ length: 1000 }, (_, number) => `crawl-${number}.googlebot.com`)
    const world = worldOf({ reverse, forward: () => (asked++, []) })
    await compiled(verifiedMatcher, { names: ['.googlebot.com'] }, world)(from('192.0.2.1'), 'some')
    expect(asked).toBe(8)
  })

  test.each([
    [{}, 'needs at least one of remote_addresses, names and list'],
    [{ names: ['com'] }, 'must be a domain name such as .googlebot.com'],
    [{ names: ['.*google'] }, 'must be a domain name such as .googlebot.com'],
    [{ remote_addresses: ['10.0.0.1/8'] }, 'has bits set behind its prefix (the range is 10.0.0.0/8)'],
  ])('%j: %s', (option, fault) => expect(faultOf(verifiedMatcher, option)).toBe(fault))

  test('a list that is none is a fault', () => {
    expect(() => compiled(verifiedMatcher, { list: 'x' }, worldOf())).toThrow(
      'list must be a name of the section lists',
    )
  })
})
