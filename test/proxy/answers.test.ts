import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startStage, type Stage } from './stage.ts'
import {
  bodyOf,
  dechunked,
  converse,
  headOf,
  httpAddress,
  requestText,
  startRawOrigin,
  statusOf,
  until,
} from './wire.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** What a visitor gets when the upstream answers so. */
const behind = async (answer: string | ((socket: Socket, head: string, count: number) => void)) => {
  const origin = await startRawOrigin(
    typeof answer === 'string' ? (socket) => socket.write(answer, 'latin1') : answer,
  )
  const stage = await startStage(httpAddress(origin.port))
  return {
    origin,
    stage,
    ask: (line = 'GET /', headers: readonly string[] = [], body = '') =>
      converse(stage.port, requestText(line, headers, body)),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      await origin[Symbol.asyncDispose]()
    },
  }
}

/** True when a client that counts would take the answer for a whole one. */
const isWhole = ({ text, broken }: { text: string; broken: boolean }): boolean => {
  if (!text.includes('\r\n\r\n')) return false
  const head = headOf(text).toLowerCase()
  const length = /^content-length: (\d+)$/m.exec(head)?.[1]
  if (length !== undefined) return bodyOf(text).length === Number(length)
  return head.includes('transfer-encoding: chunked') ? bodyOf(text).endsWith('0\r\n\r\n') : !broken
}

describe('an answer', () => {
  test('keeps its status, its reason, its fields and its bytes', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('latin1')
    await using setting = await behind(
      `HTTP/1.1 299 Quite Fine\r\nX-A: 1\r\nX-a: 2\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nX-Latin: caf\u00e9\r\nContent-Length: 256\r\n\r\n${body}`,
    )
    const { text } = await setting.ask()
    expect(headOf(text).split('\r\n').slice(0, 7)).toEqual([
      'HTTP/1.1 299 Quite Fine',
      'X-A: 1',
      'X-a: 2',
      'Set-Cookie: a=b',
      'Set-Cookie: c=d',
      'X-Latin: caf\u00e9',
      'Content-Length: 256',
    ])
    expect(bodyOf(text)).toBe(body)
  })

  test('without a body has none: HEAD, 204 and 304 keep their fields', async () => {
    await using setting = await behind((socket, head) => {
      if (head.startsWith('HEAD')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n')
      else if (head.includes(' /204 ')) socket.write('HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n')
      else socket.write('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n')
    })
    const head = await setting.ask('HEAD /')
    expect([statusOf(head.text), bodyOf(head.text)]).toEqual([200, ''])
    expect(headOf(head.text)).toContain('Content-Length: 1234')
    const none = await setting.ask('GET /204')
    expect([statusOf(none.text), bodyOf(none.text)]).toEqual([204, ''])
    expect(headOf(none.text)).not.toMatch(/transfer-encoding/i)
    const same = await setting.ask('GET /304')
    expect([statusOf(same.text), bodyOf(same.text)]).toEqual([304, ''])
    expect(headOf(same.text)).toContain('ETag: "x"')
  })

  test('in chunks arrives whole, and its trailers are left out', async () => {
    await using setting = await behind(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n',
    )
    const answer = await setting.ask()
    expect(isWhole(answer)).toBe(true)
    expect(answer.text).not.toMatch(/x-sum/i)
    expect(dechunked(bodyOf(answer.text))).toBe('abcde')
  })

  test('in pieces smaller than its length arrives whole', async () => {
    await using setting = await behind((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab')
      setTimeout(() => socket.write('cd'), 10)
      setTimeout(() => socket.write('ef'), 20)
    })
    const answer = await setting.ask()
    expect(bodyOf(answer.text)).toBe('abcdef')
  })

  test('of no bytes arrives at once', async () => {
    await using setting = await behind('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1\r\n\r\n')
    const answer = await setting.ask()
    expect(headOf(answer.text)).toContain('X-A: 1')
    expect(bodyOf(answer.text)).toBe('')
  })

  test('to HTTP/1.0 is not chunked', async () => {
    await using setting = await behind(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    )
    const { text } = await converse(setting.stage.port, 'GET / HTTP/1.0\r\nHost: site.test\r\n\r\n')
    expect(headOf(text)).not.toMatch(/transfer-encoding/i)
    expect(bodyOf(text)).toBe('abc')
  })

  test.each([
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['several 103', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(3)],
  ])('behind %s is the final one', async (_, interim) => {
    await using setting = await behind(interim + OK)
    const { text } = await setting.ask()
    expect(statusOf(text)).toBe(200)
    expect(bodyOf(text)).toBe('ok')
    expect(setting.origin.heads).toHaveLength(1)
  })

  test('with hop-by-hop fields loses them, those that Connection names too', async () => {
    await using setting = await behind(
      'HTTP/1.1 200 OK\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: x\r\nContent-Length: 2\r\n\r\nok',
    )
    const head = headOf((await setting.ask()).text)
    expect(head).not.toMatch(/x-secret|timeout=9|proxy-authenticate/i)
  })
})

const BROKEN: readonly (readonly [string, string])[] = [
  ['a body shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'],
  [
    'a long body shorter than its length',
    `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'a'.repeat(50_000)}`,
  ],
  ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc'],
  [
    'a last chunk without its last line',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n',
  ],
]

describe('an upstream that dies in the middle of', () => {
  test.each(BROKEN)('%s breaks the visitor’s transfer too', async (_, bytes) => {
    for (const die of ['end', 'resetAndDestroy'] as const) {
      await using setting = await behind((socket) => {
        socket.write(bytes, () => setTimeout(() => socket[die](), 20))
      })
      const answer = await setting.ask()
      expect(isWhole(answer)).toBe(false)
      await until(() => setting.stage.ends.length === 2)
      expect(setting.stage.ends.at(-1)).toMatch(/^cut /)
      expect(setting.origin.heads).toHaveLength(1)
    }
  })

  test('a body that only the end of the connection would have ended breaks it as well', async () => {
    await using setting = await behind((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nabc', () => setTimeout(() => socket.resetAndDestroy(), 20))
    })
    expect(isWhole(await setting.ask())).toBe(false)
  })

  test('garbage among chunks breaks it too', async () => {
    await using setting = await behind(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n\r\n',
    )
    expect(isWhole(await setting.ask())).toBe(false)
  })
})

const INVALID: readonly (readonly [string, string])[] = [
  ['nothing that is HTTP', 'SSH-2.0-x\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
  [
    'length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 2\r\n\r\nok'],
  ['an unasked 101', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['a head of 100 KB', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`],
]

describe('an upstream that answers with', () => {
  test.each(INVALID)('%s is told as a fault, and nothing of it reaches the visitor', async (_, bytes) => {
    await using setting = await behind(bytes)
    const { text } = await setting.ask('POST /', ['Content-Length: 0'])
    expect(statusOf(text)).toBe(502)
    expect(setting.stage.ends).toHaveLength(1)
    expect(setting.stage.ends[0]).toMatch(/^unanswered /)
  })
})

const asked = async (stage: Stage, line = 'GET /', headers: readonly string[] = []) =>
  (await converse(stage.port, requestText(line, headers))).text

describe('an upstream that', () => {
  test('is not there is told as refused', async () => {
    const origin = await startRawOrigin(() => undefined)
    await origin[Symbol.asyncDispose]()
    await using stage = await startStage(httpAddress(origin.port))
    expect(statusOf(await asked(stage))).toBe(502)
    expect(stage.ends).toEqual(['unanswered refused'])
  })

  test('comes back is used again', async () => {
    const origin = await startRawOrigin((socket) => socket.end(OK))
    await using stage = await startStage(httpAddress(origin.port))
    expect(statusOf(await asked(stage))).toBe(200)
    await origin[Symbol.asyncDispose]()
    expect(statusOf(await asked(stage))).toBe(502)
  })

  test('says nothing in time is told as too slow', async () => {
    await using origin = await startRawOrigin(() => undefined)
    await using stage = await startStage(httpAddress(origin.port), { headers: 50 })
    expect(statusOf(await asked(stage))).toBe(502)
    expect(stage.ends).toEqual(['unanswered timeout'])
  })

  test('falls silent in the middle is cut', async () => {
    await using origin = await startRawOrigin((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc'),
    )
    await using stage = await startStage(httpAddress(origin.port), { idle: 50 })
    const answer = await converse(stage.port, requestText('GET /'))
    expect(isWhole(answer)).toBe(false)
    expect(stage.ends).toEqual(['answered', 'cut timeout'])
  })

  test('closes a kept connection just as it is used gets a GET once more and a POST never', async () => {
    for (const [line, deliveries, status] of [
      ['GET /', 2, 200],
      ['HEAD /', 2, 200],
      ['POST /', 1, 502],
      ['DELETE /', 1, 502],
    ] as const) {
      await using setting = await behind((socket, _, count) => {
        if (count === 1) socket.resetAndDestroy()
        else socket.write(OK)
      })
      const { text } = await setting.ask(line, line.startsWith('POST') ? ['Content-Length: 0'] : [])
      expect(statusOf(text)).toBe(status)
      expect(setting.origin.heads).toHaveLength(deliveries)
    }
  })

  test('closes every connection gets a GET twice and no more', async () => {
    await using setting = await behind((socket) => socket.resetAndDestroy())
    expect(statusOf((await setting.ask()).text)).toBe(502)
    expect(setting.origin.heads).toHaveLength(2)
  })

  test('adds a second answer to the first does not give it to the next visitor', async () => {
    await using setting = await behind((socket, head, count) =>
      socket.write(count === 1 ? `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison` : OK),
    )
    for (let i = 0; i < 5; i++) expect((await setting.ask()).text).not.toContain('poison')
  })
})
