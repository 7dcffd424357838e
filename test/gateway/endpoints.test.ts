import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChallengeJson } from '../../src/protocol.ts'
import { solve, solveBadly } from '../challenge/solve.ts'
import { converse, headOf, statusOf } from '../proxy/wire.ts'
import { answerOf, NAVIGATION, startGate } from './gate.ts'

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

const formOf = (challenge: ChallengeJson): string =>
  new URLSearchParams({ id: challenge.id, nonces: solve(challenge).join(',') }).toString()
const FORM = 'application/x-www-form-urlencoded'
const tokenIn = (setCookie: readonly string[] | undefined): string =>
  setCookie![0]!.split(';')[0]!.split('=')[1]!

describe('GET B/challenge', () => {
  test('gives a challenge as JSON for the level that the path needs', async () => {
    const reply = await gate.ask({ path: '/.tollgate/challenge?for=/hard/x' })
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('application/json')
    expect(reply.headers['cache-control']).toBe('no-store')
    const challenge = reply.challenge()
    expect(Object.keys(challenge).sort()).toEqual(
      ['answer', 'expires', 'id', 'kind', 'puzzles', 'seed', 'target'].sort(),
    )
    expect((challenge.puzzles * 2 ** 32) / challenge.target).toBe(4096)
    const usual = await gate.challenge({}, '/anything')
    expect((usual.puzzles * 2 ** 32) / usual.target).toBe(64)
  })

  test('gives the usual one where no path or none of ours is named', async () => {
    for (const query of ['', '?', '?for=', '?for=//evil.test/hard', '?for=/open', '?x=/hard', '?for=%zz'])
      expect((await gate.ask({ path: `/.tollgate/challenge${query}` })).challenge().target).toBe(2 ** 28)
  })

  test('gives none for a path that is denied', async () => {
    const reply = await gate.ask({ path: '/.tollgate/challenge?for=/closed' })
    expect(reply.status).toBe(403)
    expect(reply.headers['tollgate-action']).toBe('deny')
  })

  test('ends at its time', async () => {
    const { expires } = await gate.challenge()
    expect(Math.abs(expires - (Date.now() / 1000 + 1800))).toBeLessThan(10)
  })
})

describe('POST B/answer', () => {
  test('never puts a cheap pass in the place of a dearer one', async () => {
    const dear = await gate.post(answerOf(await gate.challenge({}, '/hard')))
    const cookie = dear.headers['set-cookie']![0]!.split(';')[0]!
    const cheap = await gate.post(answerOf(await gate.challenge({}, '/')), { cookie })
    expect(cheap.status).toBe(204)
    expect(cheap.headers['set-cookie']).toBeUndefined()
    expect((await gate.ask({ path: '/hard', headers: { cookie } })).status).toBe(200)
  })

  test('finds a valid pass behind a heap of junk of the same name', async () => {
    const cookie = await gate.pass()
    const junk = Array.from({ length: 20 }, (_, number) => `tollgate-pass=junk${number}`)
    expect(
      (await gate.ask({ headers: { ...NAVIGATION, cookie: [...junk, cookie].join('; ') } })).status,
    ).toBe(200)
  })

  test('as JSON buys a pass with 204', async () => {
    const reply = await gate.post(answerOf(await gate.challenge()))
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect(reply.headers['cache-control']).toBe('no-store')
    const [cookie] = reply.headers['set-cookie']!
    expect(cookie).toMatch(/^tollgate-pass=[^;]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/)
    expect(decodeJwt(tokenIn(reply.headers['set-cookie']))).toMatchObject({
      aud: 'site.test',
      level: 6,
      kind: 'pow',
    })
  })

  test('as a form buys a pass with 303 to where the visitor was going', async () => {
    const challenge = await gate.challenge({}, '/deep/page?q=1&x=%20')
    const reply = await gate.post(formOf(challenge), {}, FORM)
    expect([reply.status, reply.headers.location]).toEqual([303, '/deep/page?q=1&x=%20'])
    expect(reply.headers['set-cookie']).toHaveLength(1)
  })

  test('leads back to the own origin, whatever the challenge was asked for and the form says', async () => {
    for (const target of ['//evil.test', '/\\evil.test', 'https://evil.test']) {
      const challenge = await gate.challenge({}, target)
      const reply = await gate.post(`${formOf(challenge)}&returnPath=//evil.test&location=x`, {}, FORM)
      expect([reply.status, reply.headers.location]).toEqual([303, '/'])
    }
  })

  test('takes a type with parameters and in any case', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;x'])
      expect((await gate.post(answerOf(await gate.challenge()), {}, type)).status).toBe(204)
  })

  test('on https sets a cookie that is Secure and bound to its host', async () => {
    // The second is a proxy that speaks TLS and changes the Host: what the browser says still counts.
    for (const origin of ['https://site.test', 'https://public.test:8443']) {
      const [cookie] = (await gate.post(answerOf(await gate.challenge()), { origin })).headers['set-cookie']!
      expect(cookie).toMatch(
        /^__Host-tollgate-pass=[^;]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/,
      )
    }
    for (const other of ['http://site.test', 'null']) {
      const reply = await gate.post(answerOf(await gate.challenge()), { origin: other })
      expect(reply.headers['set-cookie']?.[0]).toMatch(/^tollgate-pass=/)
    }
  })

  test('twice at once from one browser is one pass', async () => {
    const body = answerOf(await gate.challenge())
    const replies = await Promise.all([1, 2, 3].map(() => gate.post(body, { 'user-agent': 'one' })))
    expect(replies.map(({ status }) => status)).toEqual([204, 204, 204])
    expect(new Set(replies.map(({ headers }) => tokenIn(headers['set-cookie']))).size).toBe(1)
  })

  test('of fifty browsers at once buys one pass, and 403 for all others', async () => {
    const body = answerOf(await gate.challenge())
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => gate.post(body, { 'user-agent': `browser ${i}` })),
    )
    const good = replies.filter(({ status }) => status === 204)
    expect(good).toHaveLength(1)
    const others = replies.filter((reply) => !good.includes(reply))
    for (const reply of others) expect([reply.status, reply.json().reason]).toEqual([403, 'spent'])
  })

  test('again from a browser that holds the pass is no error', async () => {
    const body = answerOf(await gate.challenge())
    const first = await gate.post(body, { 'user-agent': 'one' })
    const cookie = first.headers['set-cookie']![0]!.split(';')[0]!
    const again = await gate.post(body, { 'user-agent': 'one, updated', cookie })
    expect(again.status).toBe(204)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  test('is judged by its challenge, not by who brings it: another language, address or encoding is as good', async () => {
    const challenge = await gate.challenge({ 'accept-language': 'de', 'user-agent': 'a' })
    const reply = await gate.post(answerOf(challenge), { 'accept-language': 'en', 'user-agent': 'b' })
    expect(reply.status).toBe(204)
  })

  test('ten challenges of one browser are all answerable, in any order', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 10 }, (_, i) => gate.challenge({}, `/page/${i}`)),
    )
    for (const i of [9, 0, 5, 1, 8, 3, 2, 7, 6, 4]) {
      const reply = await gate.post(formOf(challenges[i]!), {}, FORM)
      expect([reply.status, reply.headers.location]).toEqual([303, `/page/${i}`])
    }
  })

  test('that is wrong is 403 and may be followed by a right one', async () => {
    const challenge = await gate.challenge()
    const wrong = await gate.post(JSON.stringify({ id: challenge.id, nonces: solveBadly(challenge) }))
    expect([wrong.status, wrong.json().reason]).toEqual([403, 'wrong'])
    expect(wrong.headers['set-cookie']).toBeUndefined()
    expect((await gate.post(answerOf(challenge))).status).toBe(204)
  })

  test('for a challenge of another host is 410', async () => {
    const challenge = await gate.challenge({ host: 'other.test' })
    const reply = await gate.post(answerOf(challenge))
    expect([reply.status, reply.json().reason]).toEqual([410, 'unknown'])
  })

  test('for an unknown challenge is 410 with a fresh one that works', async () => {
    const reply = await gate.post(JSON.stringify({ id: 'A'.repeat(120), nonces: [0, 0, 0, 0] }))
    const problem = reply.json()
    expect([reply.status, problem.reason]).toEqual([410, 'unknown'])
    expect((await gate.post(answerOf(problem.challenge!))).status).toBe(204)
  })

  test('that comes too late is 410 with a fresh challenge for the same place', async () => {
    await using short = await startGate('challenge: { work: 64, puzzles: 4, ttl: 1s }\n')
    const challenge = await short.challenge({}, '/deep')
    // The deadline is the server's own clock, in whole seconds; asking again until it has passed is what a visitor does.
    const wrong = JSON.stringify({ id: challenge.id, nonces: solveBadly(challenge) })
    while ((await short.post(wrong)).status !== 410);
    const late = await short.post(answerOf(challenge))
    const problem = late.json()
    expect([late.status, problem.reason]).toEqual([410, 'expired'])
    expect((await short.post(formOf(problem.challenge!), {}, FORM)).headers.location).toBe('/deep')
  })
})

describe('an answer that is malformed', () => {
  const NONCES = [1, 2, 3, 4]
  const raw: readonly (readonly [what: string, make: (id: string) => string, type?: string])[] = [
    ['empty', () => ''],
    ['no JSON', () => '{'],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['a number', () => '5'],
    ['without an id', () => JSON.stringify({ nonces: NONCES })],
    ['with an id that is a number', () => JSON.stringify({ id: 5, nonces: NONCES })],
    ['with an id that is a list', (id) => JSON.stringify({ id: [id], nonces: NONCES })],
    ['without nonces', (id) => JSON.stringify({ id })],
    ['with a missing nonce', (id) => JSON.stringify({ id, nonces: [1, 2, 3] })],
    ['with a nonce too many', (id) => JSON.stringify({ id, nonces: [...NONCES, 5] })],
    ['with a fraction', (id) => JSON.stringify({ id, nonces: [1, 2, 3, 4.5] })],
    ['with a negative nonce', (id) => JSON.stringify({ id, nonces: [1, 2, 3, -4] })],
    ['with a huge nonce', (id) => JSON.stringify({ id, nonces: [1, 2, 3, 2 ** 32] })],
    ['with 400 digits', (id) => `{"id":"${id}","nonces":[1,2,3,${'9'.repeat(400)}]}`],
    ['with texts for nonces', (id) => JSON.stringify({ id, nonces: ['1', '2', '3', '4'] })],
    ['with null for nonces', (id) => JSON.stringify({ id, nonces: null })],
    ['with bad lanes', (id) => JSON.stringify({ id, nonces: NONCES, lanes: [0, 0, 0, 256] })],
    ['with the id twice', (id) => `{"id":"${id}","id":"${id}","nonces":[1,2,3,4]}`],
    ['with nonces twice', (id) => `{"id":"${id}","nonces":[1,2,3,4],"nonces":[1,2,3,4]}`],
    [
      'with nonces twice, once in disguise',
      (id) => `{"id":"${id}","nonces":[1,2,3,4],"n\\u006fnces":[1,2,3,4]}`,
    ],
    ['deeply nested', () => '['.repeat(16_000)],
    ['of a megabyte', (id) => JSON.stringify({ id, nonces: NONCES, more: 'a'.repeat(1 << 20) })],
    ['a form with the id twice', (id) => `id=${id}&id=${id}&nonces=1,2,3,4`, FORM],
    ['a form with nonces twice', (id) => `id=${id}&nonces=1,2,3,4&nonces=1,2,3,4`, FORM],
    ['a form with a list by brackets', (id) => `id=${id}&nonces[]=1&nonces[]=2`, FORM],
    ['a form with signs', (id) => `id=${id}&nonces=%2B1,2,3,4`, FORM],
    ['an empty form', () => '', FORM],
    ['a form of a megabyte', (id) => `id=${id}&nonces=1,2,3,4&x=${'a'.repeat(1 << 20)}`, FORM],
  ]

  test.each(raw.map(([what, make, type = 'application/json']) => [what, make, type] as const))(
    '(%s) is 400, cheap, and leaves no trace',
    async (_, make, type) => {
      const challenge = await gate.challenge()
      const reply = await gate.post(make(challenge.id), {}, type)
      expect([reply.status, reply.json().reason]).toEqual([400, 'malformed'])
      expect(reply.headers['content-type']).toBe('application/problem+json')
      expect(reply.headers['set-cookie']).toBeUndefined()
      expect((await gate.post(answerOf(challenge))).status).toBe(204)
    },
  )

  test('and has no end is refused once it is too long', async () => {
    const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`
    const { text } = await converse(
      gate.port,
      `POST /.tollgate/answer HTTP/1.1\r\nHost: site.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(10)}`,
    )
    expect(statusOf(text)).toBe(400)
    expect(headOf(text)).toMatch(/^connection: close/im)
  })

  test('by its type is refused by name', async () => {
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/jsonp', '']) {
      const reply = await gate.post(answerOf(await gate.challenge()), {}, type)
      expect(reply.status).toBe(415)
      expect(reply.headers['set-cookie']).toBeUndefined()
    }
  })
})

describe('a path below B', () => {
  test('never reaches the site, known or not, with a pass or without', async () => {
    const cookie = await gate.pass()
    const seen = gate.site.seen.length
    for (const path of [
      '/.tollgate',
      '/.tollgate/',
      '/.tollgate/nothing',
      '/.tollgate//check',
      '/.tollgate/check/',
      '/.tollgate/../admin',
      '/.tollgate/..%2fadmin',
      '/.tollgate/constructor',
      '/.tollgate/assets/',
      '/.tollgate/assets/../../package.json',
      '/.tollgate/assets/constructor',
      '/.tollgate?x',
    ]) {
      for (const headers of [{ cookie }, NAVIGATION, {}]) {
        const reply = await gate.ask({ path, headers: { ...headers } })
        expect([path, reply.status]).toEqual([path, 404])
        expect(reply.headers['cache-control']).toBe('no-store')
      }
    }
    expect(gate.site.seen.length).toBe(seen)
  })

  test('never reaches the site as an upgrade either', async () => {
    const cookie = await gate.pass()
    const seen = gate.site.seen.length
    for (const path of ['/.tollgate/check', '/.tollgate/answer', '/.tollgate/nothing', '/.tollgate']) {
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x', cookie }
      const reply = await gate.ask({ path, headers: upgrade })
      expect(reply.status).toBeGreaterThanOrEqual(200)
    }
    expect(gate.site.seen.length).toBe(seen)
  })

  test('of the site that only looks like one of ours goes to the site', async () => {
    const cookie = await gate.pass()
    for (const path of ['/.tollgatex', '/.tollgat', '/x/.tollgate/check'])
      expect((await gate.ask({ path, headers: { cookie } })).status).toBe(200)
  })

  test('answers its own methods only, and says which', async () => {
    for (const [method, path, allow] of [
      ['GET', '/.tollgate/answer', 'POST'],
      ['PUT', '/.tollgate/answer', 'POST'],
      ['POST', '/.tollgate/challenge', 'GET, HEAD'],
      ['POST', '/.tollgate/assets/x', 'GET, HEAD'],
    ] as const) {
      const reply = await gate.ask({ method, path })
      expect([reply.status, reply.headers['allow']]).toEqual([405, allow])
    }
  })

  test('serves what the page needs, immutable', async () => {
    const page = (await gate.ask({ headers: NAVIGATION })).text
    const path = /\/\.tollgate\/assets\/[\w.-]+/.exec(page)![0]
    const reply = await gate.ask({ path, headers: { 'accept-encoding': 'gzip' } })
    expect(reply.status).toBe(200)
    expect(reply.headers['cache-control']).toMatch(/immutable/)
    expect(reply.headers['content-encoding']).toBe('gzip')
    expect((await gate.ask({ path })).text).toContain('tollgat1')
  })

  test('is where base_path says', async () => {
    await using other = await startGate('base_path: /gate/here\n')
    const reply = await other.ask({ path: '/gate/here/challenge' })
    expect(reply.challenge().answer).toBe('/gate/here/answer')
    expect((await other.ask({ path: '/.tollgate/challenge', headers: NAVIGATION })).status).toBe(403)
  })
})
