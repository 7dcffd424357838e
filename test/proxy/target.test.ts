import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startStage, type Stage } from './stage.ts'
import {
  bodyOf,
  converse,
  headOf,
  httpAddress,
  requestText,
  startRawOrigin,
  statusOf,
  type RawOrigin,
} from './wire.ts'

const TARGETS: readonly string[] = [
  '/',
  '/?',
  '/a',
  '/a/',
  '//',
  '//a',
  '///a//b//',
  '/a//b',
  '/./a',
  '/../a',
  '/a/../b',
  '/a/./b',
  '/a/..',
  '/%2e%2e/a',
  '/a%2f..%2fb',
  '/%2f',
  '/%2F',
  '/%5c',
  '/a\\b',
  '/a%20b',
  '/a+b',
  '/a;b?x;y',
  '/a;x=1/b',
  '/?x=1&x=2',
  '/?x',
  '/?=',
  '/?&',
  '/??',
  '/a?b?c',
  '/a?b=/../c',
  '/?q=%E2%82%AC',
  '/%E2%82%AC',
  '/%zz',
  '/%',
  '/%00',
  '/%252e',
  '/~user',
  '/a:b@c',
  '/@',
  "/!$&'()*,",
  '/[a]',
  '/{a}|b^c`d',
  '/"a"',
  '/<a>',
  '/a.b.',
  '/.',
  '/..',
  '/.tollgate-not',
  '/a?redirect=http://x.test/y//z',
  `/${'a'.repeat(8000)}`,
  '/.well-known/x',
  '/A/b/C',
]

let origin: RawOrigin
let stage: Stage
beforeAll(async () => {
  origin = await startRawOrigin((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  stage = await startStage(httpAddress(origin.port))
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  await origin[Symbol.asyncDispose]()
})

test('the list is long enough', () => {
  expect(new Set(TARGETS).size).toBeGreaterThanOrEqual(40)
})

describe('the target arrives byte for byte', () => {
  test.each(TARGETS.map((target) => [target.slice(0, 40), target]))('%s', async (_, target) => {
    const seen = origin.heads.length
    const { text } = await converse(stage.port, requestText(`GET ${target}`))
    expect(statusOf(text)).toBe(200)
    expect(bodyOf(text)).toBe('ok')
    expect(origin.heads.slice(seen).map((head) => head.split('\r\n')[0])).toEqual([`GET ${target} HTTP/1.1`])
  })
})

describe('the method arrives as it was', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'M-SEARCH'])(
    '%s',
    async (method) => {
      const { text } = await converse(stage.port, requestText(`${method} /x`))
      expect(statusOf(text)).toBe(200)
      expect(origin.heads.at(-1)!.startsWith(`${method} /x HTTP/1.1`)).toBe(true)
    },
  )
})

test('the visitor’s Host arrives', async () => {
  await converse(stage.port, requestText('GET /'))
  expect(origin.heads.at(-1)).toMatch(/^host: site\.test$/im)
})

test('two Host fields never become a request upstream', async () => {
  const seen = origin.heads.length
  const { text } = await converse(stage.port, requestText('GET /', ['Host: evil.test']))
  expect(statusOf(text)).toBeGreaterThanOrEqual(400)
  expect(origin.heads.length).toBe(seen)
})

test('twin fields arrive as twins', async () => {
  await converse(stage.port, requestText('GET /', ['X-Dup: a', 'X-Dup: b', 'Cookie: a=1', 'Cookie: b=2']))
  const lines = headOf(`${origin.heads.at(-1)!}\r\n\r\n`).split('\r\n')
  expect(lines.filter((line) => /^x-dup/i.test(line))).toEqual(['X-Dup: a', 'X-Dup: b'])
  expect(lines.filter((line) => /^cookie/i.test(line)).join('; ')).toMatch(/a=1.*b=2/)
})
