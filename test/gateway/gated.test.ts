import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PageChallenge } from '../../src/protocol.ts'
import { bodyOf, converse, headOf, requestText, statusOf } from '../proxy/wire.ts'
import { ask, NAVIGATION, startGate } from './gate.ts'

const RULES = `
bots:
  - { name: open, action: ALLOW, path_regex: ^/open }
  - { name: closed, action: DENY, path_regex: ^/closed }
  - { name: hard, action: CHALLENGE, path_regex: ^/hard, challenge: { work: 4096 } }
`
let gate: Awaited<ReturnType<typeof startGate>>
beforeAll(async () => {
  gate = await startGate(RULES)
})
afterAll(() => gate[Symbol.asyncDispose]())

const pageChallengeIn = (html: string): PageChallenge => {
  const found = /<script[^>]*id="?tollgate-challenge"?[^>]*>([^<]*)<\/script>/.exec(html)
  return JSON.parse(found![1]!) as PageChallenge
}

describe('a navigation without a pass', () => {
  test('gets the challenge page where it went, uncacheable and with its marks', async () => {
    const seen = gate.site.seen.length
    const reply = await gate.ask({ path: '/deep/page?q=1', headers: NAVIGATION })
    expect(reply.status).toBe(403)
    expect(reply.headers['content-type']).toMatch(/^text\/html/)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['tollgate-action']).toBe('challenge')
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(reply.headers['etag'] ?? reply.headers['last-modified']).toBeUndefined()
    const page = pageChallengeIn(reply.text)
    expect(page).toMatchObject({ kind: 'pow', puzzles: 4, answer: '/.tollgate/answer' })
    expect(page.reference).toBe(reply.headers['tollgate-reference'])
    expect(gate.site.seen.length).toBe(seen)
  })

  test('gets a page of its own, whole, whatever cache or range it asks for', async () => {
    for (const headers of [
      { 'if-none-match': '*' },
      { 'if-modified-since': 'Sun, 22 Nov 2026 00:00:00 GMT' },
    ])
      expect((await gate.ask({ headers: { ...NAVIGATION, ...headers } })).status).toBe(403)
    const ids = await Promise.all(
      Array.from(
        { length: 10 },
        async () => pageChallengeIn((await gate.ask({ headers: NAVIGATION })).text).id,
      ),
    )
    expect(new Set(ids).size).toBe(10)
  })

  test('with HEAD gets the same head and no body', async () => {
    const { text } = await converse(gate.port, requestText('HEAD /', ['Accept: text/html']))
    expect(statusOf(text)).toBe(403)
    expect(headOf(text)).toMatch(/^content-length: [1-9]/im)
    expect(bodyOf(text)).toBe('')
  })

  test('is decided once, and told once with the reference that the visitor sees', async () => {
    const reply = await gate.ask({ path: '/told', headers: NAVIGATION })
    const reference = reply.headers['tollgate-reference']
    const told = gate.events.filter((event) => event.name === 'decided' && event.reference === reference)
    expect(told).toMatchObject([{ action: 'challenge', rule: 'default', target: '/told', host: 'site.test' }])
  })
})

const MACHINES: readonly (readonly [string, string, Record<string, string>])[] = [
  ['fetch', 'GET', { 'sec-fetch-mode': 'cors', accept: '*/*' }],
  ['JSON', 'GET', { accept: 'application/json' }],
  ['an image', 'GET', { accept: 'image/*', 'sec-fetch-dest': 'image' }],
  ['a range', 'GET', { ...NAVIGATION, range: 'bytes=0-9' }],
  ['HTMX', 'GET', { ...NAVIGATION, 'hx-request': 'true' }],
  ['a POST', 'POST', NAVIGATION],
  ['a DELETE', 'DELETE', NAVIGATION],
  ['an Upgrade to something unknown', 'GET', { ...NAVIGATION, upgrade: 'h2c', connection: 'Upgrade' }],
  ['a WebSocket', 'GET', { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': 'x' }],
]

describe('a request that can show no page', () => {
  test.each(MACHINES)('(%s) gets a problem document with the challenge', async (_, method, headers) => {
    const seen = gate.site.seen.length
    const reply = await gate.ask({ method, path: '/x', headers })
    expect(reply.status).toBe(403)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['tollgate-action']).toBe('challenge')
    expect(reply.headers['set-cookie']).toBeUndefined()
    const problem = reply.json()
    expect(problem).toMatchObject({ status: 403, reference: reply.headers['tollgate-reference'] })
    expect(typeof problem.type + typeof problem.title + typeof problem.detail).toBe('stringstringstring')
    expect(Object.keys(problem.challenge!).sort()).toEqual(
      ['answer', 'expires', 'id', 'kind', 'puzzles', 'seed', 'target'].sort(),
    )
    expect(gate.site.seen.length).toBe(seen)
  })

  test('with a body that nobody reads is answered, and its connection closed', async () => {
    const body = 'a'.repeat(1 << 20)
    const { text } = await converse(
      gate.port,
      `POST /x HTTP/1.1\r\nHost: site.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(statusOf(text)).toBe(403)
    expect(headOf(text)).toMatch(/^connection: close/im)
  })
})

describe('a denied request', () => {
  test('gets a page when it is a navigation', async () => {
    const reply = await gate.ask({ path: '/closed?<script>', headers: NAVIGATION })
    expect(reply.status).toBe(403)
    expect(reply.headers['content-type']).toMatch(/^text\/html/)
    expect(reply.headers['tollgate-action']).toBe('deny')
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.text).toContain(String(reply.headers['tollgate-reference']))
    expect(reply.text).not.toContain('<script>')
  })

  test('gets a problem document without a challenge when it is not', async () => {
    const reply = await gate.ask({ path: '/closed', headers: { accept: 'application/json' } })
    expect(reply.status).toBe(403)
    expect(reply.headers['tollgate-action']).toBe('deny')
    expect(reply.json()).not.toHaveProperty('challenge')
  })

  test('stays denied with the best of passes', async () => {
    const cookie = await gate.pass()
    expect((await gate.ask({ path: '/closed', headers: { cookie } })).headers['tollgate-action']).toBe('deny')
  })
})

describe('a request that is let through', () => {
  test('by a rule is introduced to the site by it', async () => {
    const reply = await gate.ask({
      path: '/open/x?y',
      headers: { 'x-real-ip': '6.6.6.6', 'tollgate-action': 'pass' },
    })
    expect([reply.status, reply.text]).toEqual([200, 'the site'])
    expect(reply.headers['set-cookie']).toEqual(['a=b'])
    const { line, headers } = gate.site.seen.at(-1)!
    expect(line).toBe('GET /open/x?y')
    expect(headers).toMatchObject({
      host: 'site.test',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'site.test',
      'x-forwarded-proto': 'http',
      'tollgate-action': 'allow',
      'tollgate-rule': 'open',
      'tollgate-level': '0',
    })
    expect(headers['tollgate-reference']).toMatch(/^[0-9a-f]{12}$/)
  })

  test('by a pass keeps its other cookies and shows the site nothing of the pass', async () => {
    const cookie = await gate.pass()
    const reply = await gate.ask({ headers: { cookie: `x=y; ${cookie}; z=1`, ...NAVIGATION } })
    expect(reply.status).toBe(200)
    expect(reply.headers['tollgate-action']).toBeUndefined()
    const { headers } = gate.site.seen.at(-1)!
    expect(headers.cookie).toBe('x=y; z=1')
    expect(headers).toMatchObject({
      'tollgate-action': 'pass',
      'tollgate-level': '6',
      'tollgate-rule': 'default',
    })
    expect(JSON.stringify(headers)).not.toContain(cookie.split('=')[1])
  })

  test('by a pass as credentials is let through without showing them', async () => {
    const token = (await gate.pass()).split('=')[1]!
    const reply = await gate.ask({ headers: { authorization: `Tollgate ${token}` } })
    expect(reply.status).toBe(200)
    expect(gate.site.seen.at(-1)!.headers.authorization).toBeUndefined()
  })

  test('takes its body along', async () => {
    const cookie = await gate.pass()
    await gate.ask({ method: 'POST', path: '/form', headers: { cookie }, body: 'a=b' })
    expect(gate.site.seen.at(-1)).toMatchObject({ line: 'POST /form', body: 'a=b' })
  })

  test('by any valid one of several cookies of the name', async () => {
    const cookie = await gate.pass()
    for (const several of [`tollgate-pass=junk; ${cookie}`, `${cookie}; tollgate-pass=junk`])
      expect((await gate.ask({ headers: { cookie: several } })).status).toBe(200)
  })
})

describe('a pass', () => {
  test('of a lower level is asked for more where more is asked, and stays good elsewhere', async () => {
    const cookie = await gate.pass()
    const reply = await gate.ask({ path: '/hard', headers: { cookie, ...NAVIGATION } })
    expect(reply.headers['tollgate-action']).toBe('challenge')
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(pageChallengeIn(reply.text).target).toBe((4 * 2 ** 32) / 4096)
    expect((await gate.ask({ headers: { cookie } })).status).toBe(200)
  })

  test('is good for its own host alone, with any port', async () => {
    const cookie = await gate.pass()
    const status = async (host: string) => (await gate.ask({ headers: { host, cookie } })).status
    expect(await status('site.test:8080')).toBe(200)
    expect(await status('SITE.TEST')).toBe(200)
    expect(await status('other.test')).toBe(403)
    expect(await status('site.test.other.test')).toBe(403)
    const { text } = await converse(gate.port, `GET / HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`)
    expect(statusOf(text)).toBe(403)
  })

  test('that is false brings the challenge, and is neither cleared nor overwritten', async () => {
    const reply = await gate.ask({ headers: { cookie: 'tollgate-pass=junk', ...NAVIGATION } })
    expect(reply.headers['tollgate-action']).toBe('challenge')
    expect(reply.headers['set-cookie']).toBeUndefined()
  })
})

test('forwarding headers of a peer that is not trusted decide nothing', async () => {
  for (const headers of [
    { 'x-original-uri': '/open' },
    { 'x-original-url': '/open' },
    { 'x-rewrite-url': '/open' },
    { 'x-forwarded-uri': '/open' },
    { 'x-http-method-override': 'GET' },
  ])
    expect((await gate.ask({ path: '/x', headers: { ...headers } })).headers['tollgate-action']).toBe(
      'challenge',
    )
})

test('names of an object’s own machinery are headers like all others', async () => {
  const reply = await gate.ask({
    path: '/open',
    headers: { constructor: '1', tostring: '2', hasownproperty: '3' },
  })
  expect(reply.status).toBe(200)
  expect(gate.site.seen.at(-1)!.headers).toHaveProperty('tostring', '2')
})

describe('a Host that', () => {
  test.each([
    ['is very long', 'a'.repeat(6000)],
    ['is longer than a host name can be', `${'a.'.repeat(130)}test`],
    ['holds a space', 'site.test evil.test'],
  ])('%s is a bad request and no fault of the gateway', async (_, host) => {
    const notices = () => gate.events.filter(({ name }) => name === 'notice').length
    const before = notices()
    for (const path of ['/', '/.tollgate/challenge', '/open'])
      expect((await gate.ask({ path, headers: { host, ...NAVIGATION } })).status).toBe(400)
    expect(notices()).toBe(before)
  })
})

describe('a target that', () => {
  test.each([
    ['is in absolute form', 'GET http://site.test/open'],
    ['is in absolute form of another host', 'GET http://other.test/open'],
    ['is in absolute form and below B', 'GET http://site.test/.tollgate/check'],
    ['has a fragment', 'GET /open#/closed'],
    ['is an asterisk', 'OPTIONS *'],
  ])('%s is a bad request, with a pass or without, as an upgrade or not', async (_, line) => {
    const cookie = await gate.pass()
    const seen = gate.site.seen.length
    for (const more of [[], [`Cookie: ${cookie}`], [`Cookie: ${cookie}`, 'Upgrade: websocket']]) {
      const { text } = await converse(gate.port, requestText(line, more))
      expect(statusOf(text)).toBe(400)
    }
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', `Cookie: ${cookie}`]
    const asked = `${line} HTTP/1.1\r\nHost: site.test\r\n${upgrade.join('\r\n')}\r\n\r\n`
    expect(statusOf((await converse(gate.port, asked.replace('OPTIONS', 'GET'))).text)).toBe(400)
    expect(gate.site.seen.length).toBe(seen)
  })
})

describe('status_codes', () => {
  test('say the status of challenges and refusals', async () => {
    await using other = await startGate(`status_codes: { CHALLENGE: 401, DENY: 418 }\n${RULES}`)
    for (const headers of [NAVIGATION, { accept: 'application/json' }]) {
      expect((await other.ask({ headers })).status).toBe(401)
      expect((await other.ask({ path: '/closed', headers })).status).toBe(418)
    }
    expect((await other.ask({ headers: { accept: 'application/json' } })).json()).toMatchObject({
      status: 401,
    })
  })
})

describe('mode observe', () => {
  test('lets everybody through and tells what would have been done', async () => {
    await using other = await startGate(`mode: observe\n${RULES}`)
    for (const path of ['/', '/closed', '/hard']) {
      const reply = await other.ask({ path, headers: NAVIGATION })
      expect([reply.status, reply.text]).toEqual([200, 'the site'])
    }
    const told = other.events.flatMap((event) =>
      event.name === 'decided' ? [[event.rule, event.action, event.observed]] : [],
    )
    expect(told).toEqual([
      ['default', 'challenge', true],
      ['closed', 'deny', true],
      ['hard', 'challenge', true],
    ])
    expect((await ask(other.port, { path: '/.tollgate/check' })).status).toBe(200)
  })
})

describe('an upstream that is not there', () => {
  test('is a 502 with a reference, as a page or as a problem document', async () => {
    const site = await startGate()
    const { port } = site.site
    await site[Symbol.asyncDispose]()
    await using other = await startGate('default: ALLOW\n', {
      kind: 'http',
      host: '127.0.0.1',
      port,
      origin: `http://127.0.0.1:${port}`,
    })
    const page = await other.ask({ path: '/a?b', headers: NAVIGATION })
    expect(page.status).toBe(502)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.text).toContain(String(page.headers['tollgate-reference']))
    expect(page.text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/)
    const machine = await other.ask({ headers: { accept: 'application/json' } })
    expect(machine.json()).toMatchObject({ status: 502, reference: machine.headers['tollgate-reference'] })
    expect(other.events.filter(({ name }) => name === 'upstream-failed')).toMatchObject([
      { code: 'refused', reference: page.headers['tollgate-reference'] },
      { code: 'refused' },
    ])
  })
})
