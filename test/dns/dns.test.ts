import { expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { createDns } from '../../src/dns/create-dns.ts'
import type { DnsParts } from '../../src/dns/create-dns.ts'
import { DnsFault } from '../../src/dns/dns.ts'
import type { Lookup } from '../../src/dns/dns.ts'
import { startDnsServer } from './server.ts'
import type { Question, Reply } from './server.ts'

const NO_SUCH_NAME = { code: 3 }
const SERVER_FAILURE = { code: 2 }

const addressOf = (text: string) => {
  const address = parseAddress(text)
  if (address === undefined) throw new Error(text)
  return address
}

/** A resolver that asks a server of the test; its clock stands until it is moved. */
const start = async (reply: (question: Question) => Reply | Promise<Reply>, more: Partial<DnsParts> = {}) => {
  const server = await startDnsServer(reply)
  const clock = { now: 0 }
  const dns = createDns({
    servers: [server.server],
    timeout: 2000,
    ttl: { forward: 300_000, reverse: 300_000 },
    capacity: 1000,
    zone: 'dnsbl.example',
    clock: () => clock.now,
    ...more,
  })
  return {
    dns,
    clock,
    asked: server.asked,
    async [Symbol.asyncDispose]() {
      await dns[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The code of the fault with which a lookup ends, thrown or rejected. */
const codeOf = async (lookup: () => Lookup<unknown>): Promise<string> => {
  try {
    await lookup()
    return 'answered'
  } catch (cause) {
    return cause instanceof DnsFault ? cause.code : 'not a DnsFault'
  }
}

test('an address has the names that its zone says, without the last dot', async () => {
  await using it = await start(({ type, name }) =>
    type === 'PTR' && name === '1.2.0.192.in-addr.arpa' ? ['crawl-1.example.com', 'b.example.com'] : [],
  )
  expect(await it.dns.reverse(addressOf('192.0.2.1'))).toEqual(['crawl-1.example.com', 'b.example.com'])
})

test('an IPv6 address is asked for by its nibbles', async () => {
  await using it = await start(() => ['six.example.com'])
  await it.dns.reverse(addressOf('2001:db8::1'))
  expect(it.asked[0]?.name).toBe(`1${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.ip6.arpa`)
})

test('a name has the addresses of both kinds, as canonical text', async () => {
  await using it = await start(({ type }) => (type === 'A' ? ['192.0.2.1'] : ['2001:db8:0:0:0:0:0:1']))
  expect(await it.dns.forward('A.Example.com.')).toEqual(['192.0.2.1', '2001:db8::1'])
  expect(it.asked.map(({ name }) => name)).toEqual(['a.example.com', 'a.example.com'])
})

test('that there is no such name is an answer, and is remembered', async () => {
  await using it = await start(() => NO_SUCH_NAME)
  expect(await it.dns.forward('a.example')).toEqual([])
  expect(await it.dns.reverse(addressOf('192.0.2.1'))).toEqual([])
  const before = it.asked.length
  expect(it.dns.forward('a.example')).toEqual([])
  expect(it.asked).toHaveLength(before)
})

test('an answer is there at once until its time is over', async () => {
  await using it = await start(() => ['a.example'], { ttl: { forward: 1000, reverse: 1000 } })
  const address = addressOf('192.0.2.1')
  await it.dns.reverse(address)
  it.clock.now = 999
  expect(it.dns.reverse(address)).toEqual(['a.example'])
  it.clock.now = 1000
  expect(it.dns.reverse(address)).toBeInstanceOf(Promise)
})

test('a server that fails is a fault, which is remembered for ten seconds', async () => {
  await using it = await start(() => SERVER_FAILURE)
  const lookup = () => it.dns.reverse(addressOf('192.0.2.1'))
  expect(await codeOf(lookup)).toBe('failed')
  const before = it.asked.length
  expect(lookup).toThrow(DnsFault)
  expect(it.asked).toHaveLength(before)
  it.clock.now = 10_000
  expect(lookup()).toBeInstanceOf(Promise)
  expect(await codeOf(lookup)).toBe('failed')
  expect(it.asked.length).toBeGreaterThan(before)
})

test('a dead server costs the first asker its timeout and those after it nothing', async () => {
  await using it = await start(() => 'silence', { timeout: 100 })
  const lookup = () => it.dns.reverse(addressOf('192.0.2.1'))
  const began = performance.now()
  expect(await codeOf(lookup)).toBe('timeout')
  expect(performance.now() - began).toBeLessThan(2000)
  expect(lookup).toThrow(DnsFault)
})

test('a lost packet is asked for again within the timeout', async () => {
  let lost = false
  await using it = await start(() => {
    if (lost) return ['a.example']
    lost = true
    return 'silence'
  })
  expect(await it.dns.reverse(addressOf('192.0.2.1'))).toEqual(['a.example'])
})

test('many who ask the same are one lookup', async () => {
  await using it = await start(() => ['a.example'])
  const lookups = Array.from({ length: 50 }, async () => it.dns.reverse(addressOf('192.0.2.1')))
  expect(await Promise.all(lookups)).toEqual(lookups.map(() => ['a.example']))
  expect(it.asked).toHaveLength(1)
  expect(it.dns.statistics()).toMatchObject({ asked: 1, entries: 1 })
})

test('beyond 256 lookups on their way the next is refused at once, and asked again later', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await using it = await start(() => held.then((): Reply => ['a.example']))
  const running = Array.from({ length: 256 }, async (_, index) =>
    it.dns.reverse(addressOf(`192.0.2.${index}`)),
  )
  expect(await codeOf(() => it.dns.reverse(addressOf('198.51.100.1')))).toBe('busy')
  release()
  await Promise.all(running)
  expect(await it.dns.reverse(addressOf('198.51.100.1'))).toEqual(['a.example'])
  expect(it.dns.statistics()).toMatchObject({ busy: 1, asked: 257 })
})

test('at the capacity the answer longest not asked for makes room', async () => {
  await using it = await start(() => ['a.example'], { capacity: 2 })
  const [first, second, third] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(addressOf)
  await it.dns.reverse(first!)
  await it.dns.reverse(second!)
  await it.dns.reverse(first!)
  await it.dns.reverse(third!)
  expect(it.dns.statistics().entries).toBe(2)
  expect(it.dns.reverse(first!)).toEqual(['a.example'])
  expect(it.dns.reverse(second!)).toBeInstanceOf(Promise)
})

test.each([
  [
    '',
    'a..b',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}ab`,
    'a b.example',
    'ä.example',
    '-a.example',
    '192.0.2.1',
  ],
])('what cannot be a name has no addresses and is never asked for', async (...names) => {
  await using it = await start(() => ['192.0.2.1'])
  for (const name of names) expect(it.dns.forward(name)).toEqual([])
  expect(it.asked).toEqual([])
})

test('when only one kind of address can be had it is the answer, for no longer than a fault', async () => {
  await using it = await start(({ type }) => (type === 'A' ? ['192.0.2.1'] : SERVER_FAILURE))
  expect(await it.dns.forward('a.example')).toEqual(['192.0.2.1'])
  it.clock.now = 9_999
  expect(it.dns.forward('a.example')).toEqual(['192.0.2.1'])
  it.clock.now = 10_000
  expect(it.dns.forward('a.example')).toBeInstanceOf(Promise)
})

test('an answer with more names than are believed is a fault', async () => {
  await using it = await start(() => Array.from({ length: 33 }, (_, index) => `n${index}.a`))
  expect(await codeOf(() => it.dns.reverse(addressOf('192.0.2.1')))).toBe('oversized')
})

test('the block list says why, by the last octet', async () => {
  await using it = await start(({ name }) => {
    if (name === '1.113.0.203.dnsbl.example') return ['127.0.0.9']
    if (name === '2.113.0.203.dnsbl.example') return ['127.0.0.99']
    if (name === '3.113.0.203.dnsbl.example') return ['203.0.113.80']
    if (name === '4.113.0.203.dnsbl.example') return ['127.255.255.254']
    return name === `1${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.dnsbl.example` ? ['127.0.0.3'] : NO_SUCH_NAME
  })
  const blocked = (text: string) => it.dns.blocked(addressOf(text))
  expect(await blocked('203.0.113.1')).toBe('HTTPProxy')
  expect(await blocked('203.0.113.2')).toBe('Unknown')
  // A resolver that invents answers, and a list that does not answer this resolver.
  expect(await blocked('203.0.113.3')).toBeUndefined()
  expect(await blocked('203.0.113.4')).toBeUndefined()
  expect(await blocked('203.0.113.5')).toBeUndefined()
  expect(await blocked('2001:db8::1')).toBe('IRCDrone')
  it.clock.now = 86_399_999
  expect(blocked('203.0.113.1')).toBe('HTTPProxy')
})

test('a block list that cannot be asked says nothing about anybody', async () => {
  await using it = await start(() => SERVER_FAILURE)
  expect(await codeOf(() => it.dns.blocked(addressOf('203.0.113.1')))).toBe('failed')
})

test.each([
  '10.1.2.3',
  '127.0.0.1',
  '172.31.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fd00::1',
  'fe80::1',
  'ff02::1',
  '::ffff:10.0.0.1',
])('the block list is not asked about %s', async (text) => {
  await using it = await start(() => ['127.0.0.3'])
  expect(it.dns.blocked(addressOf(text))).toBeUndefined()
  expect(it.asked).toEqual([])
})
