import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NAVIGATION, startGate } from './gate.ts'

const RULES = `
bots:
  - { name: open, action: ALLOW, path_regex: ^/open }
  - { name: closed, action: DENY, path_regex: ^/closed }
  - { name: hard, action: CHALLENGE, path_regex: ^/hard, challenge: { work: 4096 } }
  - { name: office, action: ALLOW, remote_addresses: [203.0.113.0/24] }
`
const check = '/.tollgate/check'
let trusting: Awaited<ReturnType<typeof startGate>>
let wary: Awaited<ReturnType<typeof startGate>>
beforeAll(async () => {
  trusting = await startGate(`trusted_proxies: [127.0.0.0/8]\n${RULES}`)
  wary = await startGate(RULES)
})
afterAll(async () => {
  await trusting[Symbol.asyncDispose]()
  await wary[Symbol.asyncDispose]()
})

describe('GET B/check from a trusted proxy', () => {
  test('answers for the original request', async () => {
    for (const [uri, status, action, rule] of [
      ['/open/x', 200, 'allow', 'open'],
      ['/closed', 403, 'deny', 'closed'],
      ['/', 401, 'challenge', 'default'],
      ['/hard?q', 401, 'challenge', 'hard'],
    ] as const) {
      const reply = await trusting.ask({ path: check, headers: { 'x-original-uri': uri } })
      expect([uri, reply.status, reply.headers['tollgate-action'], reply.headers['tollgate-rule']]).toEqual([
        uri,
        status,
        action,
        rule,
      ])
      expect(reply.headers['cache-control']).toBe('no-store')
      expect(reply.text).toBe('')
    }
  })

  test('answers 200 for a pass of the level that is asked', async () => {
    const cookie = await trusting.pass()
    const at = async (uri: string) =>
      (await trusting.ask({ path: check, headers: { cookie, 'x-original-uri': uri } })).status
    expect(await at('/')).toBe(200)
    expect(await at('/hard')).toBe(401)
  })

  test('believes whom and which host it speaks for', async () => {
    const headers = { 'x-original-uri': '/x', 'x-forwarded-for': '203.0.113.5' }
    expect((await trusting.ask({ path: check, headers })).status).toBe(200)
    const cookie = await trusting.pass({ 'x-forwarded-host': 'inner.test' })
    const at = async (host: string) =>
      (
        await trusting.ask({
          path: check,
          headers: { cookie, 'x-original-uri': '/', 'x-forwarded-host': host },
        })
      ).status
    expect(await at('inner.test')).toBe(200)
    expect(await at('site.test')).toBe(401)
  })

  test('is counted and logged as a decision about the original request', async () => {
    trusting.events.length = 0
    await trusting.ask({ path: check, headers: { 'x-original-uri': '/closed?a=b' } })
    expect(trusting.events.filter(({ name }) => name === 'decided')).toMatchObject([
      { action: 'deny', target: '/closed?a=b' },
    ])
  })

  test('answers whatever the method, and never the site', async () => {
    const seen = trusting.site.seen.length
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect((await trusting.ask({ method, path: check, headers: { 'x-original-uri': '/' } })).status).toBe(
        401,
      )
    expect(trusting.site.seen.length).toBe(seen)
  })
})

describe('GET B/check from anybody else', () => {
  test('is not told what the original request was', async () => {
    for (const name of ['x-original-uri', 'x-forwarded-uri'])
      for (const uri of ['/open', '/closed'])
        expect((await wary.ask({ path: check, headers: { [name]: uri } })).status).toBe(401)
  })

  test('is not told for whom', async () => {
    expect((await wary.ask({ path: check, headers: { 'x-forwarded-for': '203.0.113.5' } })).status).toBe(401)
  })
})

describe('a trusted proxy in front', () => {
  test('says the scheme: https makes the cookie Secure and the site know it', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' }
    const cookie = await trusting.pass(headers)
    expect(cookie).toMatch(/^__Host-tollgate-pass=/)
    expect((await trusting.ask({ headers: { ...headers, cookie } })).status).toBe(200)
    expect(trusting.site.seen.at(-1)!.headers).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-real-ip': '198.51.100.7',
      'x-forwarded-for': '198.51.100.7, 127.0.0.1',
    })
  })

  test('that is not one says nothing', async () => {
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.5',
      'x-forwarded-host': 'a.test',
    }
    expect(await wary.pass(headers)).toMatch(/^tollgate-pass=/)
    expect((await wary.ask({ path: '/x', headers: { ...headers, ...NAVIGATION } })).status).toBe(403)
    await wary.ask({ path: '/open', headers })
    expect(wary.site.seen.at(-1)!.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'site.test',
      'x-forwarded-proto': 'http',
    })
  })
})

describe('pass.bind: prefix', () => {
  test('keeps a pass to the network that earned it, and never destroys it', async () => {
    await using gate = await startGate('trusted_proxies: [127.0.0.0/8]\npass: { bind: prefix }\n')
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const cookie = await gate.pass(from('198.51.100.7'))
    const at = async (address: string) => {
      const reply = await gate.ask({ headers: { cookie, ...from(address) } })
      expect(reply.headers['set-cookie']?.join() ?? '').not.toContain('tollgate-pass')
      return reply.status
    }
    expect(await at('198.51.100.250')).toBe(200)
    expect(await at('198.51.101.7')).toBe(403)
    expect(await at('2001:db8::7')).toBe(403)
    expect(await at('198.51.100.7')).toBe(200)
    const six = await gate.pass(from('2001:db8:1:2::7'))
    const at6 = async (address: string) =>
      (await gate.ask({ headers: { cookie: six, ...from(address) } })).status
    expect(await at6('2001:db8:1:2:ffff::1')).toBe(200)
    expect(await at6('2001:db8:1:3::7')).toBe(403)
  })
})

describe('pass.cookie.domain', () => {
  test('shares a pass between its hosts', async () => {
    await using gate = await startGate('pass: { cookie: { domain: example.org } }\n')
    const challenge = await gate.challenge({ host: 'a.example.org' })
    expect(challenge.kind).toBe('pow')
    const cookie = await gate.pass({ host: 'a.example.org' })
    expect((await gate.ask({ headers: { host: 'b.example.org', cookie } })).status).toBe(200)
  })
})
