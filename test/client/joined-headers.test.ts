import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsFrom, factsOf } from '../../src/client/facts.ts'
import { joinedHeaders } from '../../src/client/joined-headers.ts'
import type { HeaderLine } from '../../src/client/joined-headers.ts'
import { listenOn } from '../proxy/wire.ts'
import { requestOf } from './request.ts'

const NAMES = [
  'Accept',
  'Accept-Language',
  'Age',
  'Authorization',
  'Constructor',
  'Cookie',
  'ETag',
  'Expires',
  'From',
  'If-Modified-Since',
  'If-None-Match',
  'Location',
  'Max-Forwards',
  'Origin',
  'Proxy-Authorization',
  'Referer',
  'Retry-After',
  'Server',
  'Set-Cookie',
  'ToString',
  'User-Agent',
  'Vary',
  'X-Forwarded-For',
]

/** What Node makes of header lines that come over a real connection. */
const nodeHeaders = async (requests: readonly (readonly HeaderLine[])[]): Promise<IncomingHttpHeaders[]> => {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    response.end()
  })
  const port = await listenOn(server)
  const socket = connect(port, '127.0.0.1')
  const texts = requests.map((lines, index) => {
    const last = index === requests.length - 1 ? 'close' : 'keep-alive'
    const all: HeaderLine[] = [['Host', 'a.example'], ['Connection', last], ...lines]
    return `GET / HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  })
  socket.write(texts.join(''))
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => server.close(resolve))
  return seen
}

const lines = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('a', 'b=1', 'c, d', '')), {
  maxLength: 12,
})

test('header lines are joined, kept or dropped as Node does it', async () => {
  const requests: HeaderLine[][] = fc.sample(lines, { numRuns: 300, seed: 7 })
  const seen = await nodeHeaders(requests)
  expect(seen).toHaveLength(requests.length)
  for (const [index, asked] of requests.entries()) {
    const connection = index === requests.length - 1 ? 'close' : 'keep-alive'
    const all: HeaderLine[] = [['Host', 'a.example'], ['Connection', connection], ...asked]
    expect(joinedHeaders(all)).toEqual(seen[index])
  }
})

test('facts from plain values are those of the same request', () => {
  const client = {
    address: { text: '192.0.2.1', words: [0, 0, 0xffff, 0xc0000201] },
    scheme: 'https',
    host: 'a.example',
  } as const
  const headers = { accept: 'text/html', 'user-agent': 'Mozilla/5.0', range: 'bytes=0-' }
  const plain = factsFrom({ method: 'HEAD', target: '/a?b', headers, client })
  const real = factsOf(requestOf({ method: 'HEAD', url: '/a?b', headers, peer: '192.0.2.1' }), client)
  expect(plain).toEqual(real)
  expect(plain).toMatchObject({ path: '/a', userAgent: 'Mozilla/5.0', audience: 'machine' })
  expect(plain.header('accept')).toBe('text/html')
})
