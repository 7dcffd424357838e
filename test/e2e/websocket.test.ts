import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ChallengeJson } from '../../src/protocol.ts'
import { startTollgate } from '../app/run.ts'
import { answerOf, ask } from '../gateway/gate.ts'
import { converse, headOf, startRawOrigin, statusOf, until } from '../proxy/wire.ts'
import { startEchoSite } from './site.ts'

let site: Awaited<ReturnType<typeof startEchoSite>>
let gate: Awaited<ReturnType<typeof startTollgate>>
let cookie: string
beforeAll(async () => {
  site = await startEchoSite()
  gate = await startTollgate(`upstream: http://127.0.0.1:${site.port}`)
  const host = `127.0.0.1:${gate.port}`
  const challenge = (await ask(gate.port, { path: '/.tollgate/challenge', headers: { host } })).challenge()
  const reply = await ask(gate.port, {
    method: 'POST',
    path: '/.tollgate/answer',
    headers: { host, 'content-type': 'application/json' },
    body: answerOf(challenge),
  })
  cookie = reply.headers['set-cookie']![0]!.split(';')[0]!
})
afterAll(async () => {
  await gate[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const open = async (path: string, headers: Record<string, string> = { cookie }, protocols: string[] = []) => {
  const socket = new WebSocket(`ws://127.0.0.1:${gate.port}${path}`, protocols, { headers })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
const nextMessage = (socket: WebSocket): Promise<Buffer> =>
  new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)))

describe('a WebSocket with a pass', () => {
  test('is opened, and what is sent comes back, byte for byte', async () => {
    const socket = await open('/echo?x=1')
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 1 << 20]) {
      const sent = randomBytes(size)
      socket.send(sent)
      expect((await nextMessage(socket)).equals(sent)).toBe(true)
    }
    socket.close()
    await until(() => socket.readyState === WebSocket.CLOSED)
  })

  test('shows the site the target, the protocol and our fields, and nothing of the pass', async () => {
    const spoof = {
      cookie: `a=b; ${cookie}`,
      'tollgate-level': '99',
      'x-real-ip': '6.6.6.6',
      'x-other': 'kept',
    }
    const socket = await open('/odd//path;a?x=%2f&y', spoof, ['chat'])
    expect(socket.protocol).toBe('chat')
    const { url, headers } = site.upgrades.at(-1)!
    expect(url).toBe('/odd//path;a?x=%2f&y')
    expect(headers).toMatchObject({
      cookie: 'a=b',
      'x-other': 'kept',
      'x-real-ip': '127.0.0.1',
      'tollgate-action': 'pass',
      'tollgate-level': '6',
      'sec-websocket-protocol': 'chat',
    })
    socket.terminate()
  })

  test('gets what the site sends first', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${gate.port}/greets`, { headers: { cookie } })
    expect(String(await nextMessage(socket))).toBe('hello')
    socket.terminate()
  })

  test('ends for the visitor when it ends for the site, and the other way round', async () => {
    const dropped = new WebSocket(`ws://127.0.0.1:${gate.port}/drops`, { headers: { cookie } })
    dropped.on('error', () => undefined)
    await until(() => dropped.readyState === WebSocket.CLOSED)
    await until(() => site.clients() === 0)
    const socket = await open('/echo')
    await until(() => site.clients() === 1)
    socket.terminate()
    await until(() => site.clients() === 0)
    expect(site.clients()).toBe(0)
  })
})

const HANDSHAKE = [
  'GET /echo HTTP/1.1',
  'Host: site.test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

describe('a WebSocket without a pass', () => {
  test('is refused by an ordinary 403 with a challenge, and the site never hears of it', async () => {
    const upgrades = site.upgrades.length
    const { text } = await converse(gate.port, `${HANDSHAKE.join('\r\n')}\r\n\r\n`)
    expect(statusOf(text)).toBe(403)
    expect(headOf(text)).toMatch(/^content-type: application\/problem\+json/im)
    expect(headOf(text)).toMatch(/^tollgate-action: challenge/im)
    const problem = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as {
      readonly challenge: ChallengeJson
    }
    expect(problem.challenge.kind).toBe('pow')
    expect(site.upgrades.length).toBe(upgrades)
  })

  test('is refused though frames follow at once', async () => {
    const upgrades = site.upgrades.length
    const { text } = await converse(gate.port, `${HANDSHAKE.join('\r\n')}\r\n\r\n\x81\x05hello`)
    expect(statusOf(text)).toBe(403)
    expect(site.upgrades.length).toBe(upgrades)
  })

  test('is refused with a false pass and with one of another host', async () => {
    for (const line of ['Cookie: tollgate-pass=junk', `Cookie: ${cookie}`]) {
      const { text } = await converse(gate.port, `${[...HANDSHAKE, line].join('\r\n')}\r\n\r\n`)
      expect(statusOf(text)).toBe(403)
    }
  })
})

test('an upgrade whose site is not there is an ordinary 502', async () => {
  const gone = await startEchoSite()
  await gone[Symbol.asyncDispose]()
  await using other = await startTollgate(
    `upstream: http://127.0.0.1:${gone.port}\ndefault: ALLOW\nworkers: 1`,
  )
  const { text } = await converse(other.port, `${HANDSHAKE.join('\r\n')}\r\n\r\n`)
  expect(statusOf(text)).toBe(502)
})

test('an upgrade that the site answers otherwise is answered so', async () => {
  await using origin = await startRawOrigin((socket) =>
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nConnection: close\r\n\r\nauth'),
  )
  await using other = await startTollgate(
    `upstream: http://127.0.0.1:${origin.port}\ndefault: ALLOW\nworkers: 1`,
  )
  const { text } = await converse(other.port, `${HANDSHAKE.join('\r\n')}\r\n\r\n`)
  expect(statusOf(text)).toBe(401)
  expect(text).toContain('auth')
})
