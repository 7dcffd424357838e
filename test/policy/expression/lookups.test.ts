import { describe, expect, test } from 'vitest'
import type { Senses } from '../../../src/policy/senses.ts'
import { compiled, factsOf, judged, worldOf } from './world.ts'

const GOOD = '192.0.2.1'

/** A DNS whose answers come later, or never; `asked` is what it was asked. */
const laterDns = (zone: Readonly<Record<string, readonly string[] | Error>>) => {
  const asked: string[] = []
  const answer = async (what: string): Promise<readonly string[]> => {
    asked.push(what)
    await Promise.resolve()
    const known = zone[what] ?? []
    if (known instanceof Error) throw known
    return known
  }
  const senses: Partial<Senses> = {
    reverse: ({ text }) => answer(text),
    forward: (name) => answer(name),
  }
  return { senses, asked }
}

const CRAWLER = {
  [GOOD]: ['evil.example', 'crawl-1.bot.example'],
  'crawl-1.bot.example': ['2001:db8::1', GOOD],
}
const OUTAGE = new Error('timeout')

describe('verifyFCrDNS', () => {
  test.each([
    ['confirmed by one of two names', CRAWLER, 'verifyFCrDNS(remoteAddress)', true],
    [
      'confirmed by the name that matches',
      CRAWLER,
      'verifyFCrDNS(remoteAddress, r"\\.bot\\.example$")',
      true,
    ],
    ['the name that matches leads elsewhere', CRAWLER, 'verifyFCrDNS(remoteAddress, "^evil")', false],
    ['no name matches', CRAWLER, 'verifyFCrDNS(remoteAddress, "^good")', false],
    [
      'one name matches, the other confirms',
      {
        [GOOD]: ['crawl.bot.example', 'mine.example'],
        'crawl.bot.example': ['198.51.100.1'],
        'mine.example': [GOOD],
      },
      'verifyFCrDNS(remoteAddress, r"\\.bot\\.example$")',
      false,
    ],
    ['no name at all', {}, 'verifyFCrDNS(remoteAddress)', true],
    ['no name at all, but one is asked for', {}, 'verifyFCrDNS(remoteAddress, "a")', false],
    [
      'the names lead elsewhere',
      { [GOOD]: ['a.example'], 'a.example': ['198.51.100.1'] },
      'verifyFCrDNS(remoteAddress)',
      false,
    ],
  ])('%s', async (_, zone, text, expected) => {
    const { senses } = laterDns(zone)
    expect(await compiled(text, worldOf(senses))(factsOf({ address: GOOD }), 'some')).toBe(expected)
  })

  test.each([
    ['the names', { [GOOD]: OUTAGE }],
    ['the addresses of the only name', { [GOOD]: ['a.example'], 'a.example': OUTAGE }],
  ])('says nothing when %s cannot be had', async (_, zone) => {
    const { senses } = laterDns(zone)
    const judging = compiled('verifyFCrDNS(remoteAddress)', worldOf(senses))(
      factsOf({ address: GOOD }),
      'some',
    )
    await expect(judging).rejects.toThrow('timeout')
  })

  test('does not need the name that cannot be had when another confirms', async () => {
    const { senses } = laterDns({ ...CRAWLER, 'evil.example': OUTAGE })
    const matches = compiled('verifyFCrDNS(remoteAddress)', worldOf(senses))
    expect(await matches(factsOf({ address: GOOD }), 'some')).toBe(true)
  })
})

test('reverseDNS and lookupHost are lists, empty when there is nothing', async () => {
  const { senses } = laterDns(CRAWLER)
  const text = {
    all: [
      'reverseDNS(remoteAddress) == ["evil.example", "crawl-1.bot.example"]',
      'reverseDNS("198.51.100.7") == []',
      'lookupHost("crawl-1.bot.example").exists(ip, ip == remoteAddress)',
      'lookupHost("::ffff:192.0.2.7") == ["192.0.2.7"]',
    ],
  }
  expect(await compiled(text, worldOf(senses))(factsOf({ address: GOOD }), 'some')).toBe(true)
})

describe('a lookup that is not answered yet', () => {
  const pending = 'verifyFCrDNS(remoteAddress)'
  test.each([
    [`${pending} || true`, true],
    [`true || ${pending}`, true],
    [`${pending} && false`, false],
    [`path == "/x" && ${pending}`, false],
    [`[1, 2].exists(x, ${pending} || x == 2)`, true],
  ])('is not waited for in %s', (text, expected) => {
    const { senses } = laterDns(CRAWLER)
    expect(judged(text, { address: GOOD }, senses)).toBe(expected)
  })

  test('is not asked when another operand has decided', () => {
    const { senses, asked } = laterDns(CRAWLER)
    expect(judged(`path == "/x" && ${pending}`, {}, senses)).toBe(false)
    expect(asked).toEqual([])
  })

  test('is asked once however often the expression is evaluated', async () => {
    const { senses, asked } = laterDns(CRAWLER)
    const matches = compiled(`${pending} && reverseDNS(remoteAddress).size() == 2`, worldOf(senses))
    expect(await matches(factsOf({ address: GOOD }), 'some')).toBe(true)
    expect(asked).toEqual([GOOD, 'evil.example', 'crawl-1.bot.example'])
  })

  test('does not change what was drawn', async () => {
    const { senses } = laterDns(CRAWLER)
    const draws = [0.1, 0.9, 0.9, 0.9]
    const world = worldOf({ ...senses, random: () => draws.shift() ?? 0.9 })
    expect(await compiled(`randInt(2) == 0 && ${pending}`, world)(factsOf({ address: GOOD }), 'some')).toBe(
      true,
    )
    expect(draws).toHaveLength(3)
  })

  test('is waited for once for all readings of a path', async () => {
    const { senses, asked } = laterDns(CRAWLER)
    const matches = compiled(`path.size() > 0 && ${pending}`, worldOf(senses))
    expect(await matches(factsOf({ address: GOOD, target: '/a/../b' }), 'every')).toBe(true)
    expect(asked).toHaveLength(3)
  })
})

test('a lookup that is known at once needs no promise', () => {
  expect(judged('reverseDNS(remoteAddress).size() == 1', {}, { reverse: () => ['a.example'] })).toBe(true)
})

test('lookups that lead from one to the next end after eight rounds', async () => {
  const { senses, asked } = laterDns(
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, [`n${index + 1}`]])),
  )
  const text = `${Array<number>(12)
    .fill(0)
    .reduce((inner) => `lookupHost(${inner})[0]`, '"n0"')} == ""`
  const judging = compiled(text, worldOf(senses))(factsOf(), 'some')
  await expect(judging).rejects.toThrow('the lookups are not answered after 8 rounds')
  expect(asked).toHaveLength(8)
})

test('an address with many names is not asked about all of them', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}.example`)
  const { senses, asked } = laterDns({ [GOOD]: names })
  const judging = compiled('verifyFCrDNS(remoteAddress)', worldOf(senses))(factsOf({ address: GOOD }), 'some')
  await expect(judging).rejects.toThrow('more than 32 lookups')
  expect(asked).toHaveLength(32)
})
