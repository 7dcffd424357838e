import { describe, expect, test } from 'vitest'
import type { Audience, Client } from '../../src/client/client.ts'
import { factsFor, factsOf, subrequestFactsOf } from '../../src/client/facts.ts'
import { requestOf } from './request.ts'

const client: Client = {
  address: { text: '198.51.100.7', words: [0, 0, 0xffff, 0xc6336407] },
  scheme: 'http',
  host: 'site.test',
}
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const NAVIGATION = {
  accept: HTML,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
}

type Row = readonly [what: string, audience: Audience, method: string, headers: Record<string, string>]

const ROWS: readonly Row[] = [
  ['a navigation', 'page', 'GET', NAVIGATION],
  ['a HEAD of a navigation', 'page', 'HEAD', NAVIGATION],
  ['a navigation of a browser without Fetch Metadata', 'page', 'GET', { accept: HTML }],
  ['an iframe', 'page', 'GET', { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }],
  ['a client that takes anything', 'page', 'GET', { accept: '*/*' }],
  ['a client that says nothing', 'page', 'GET', {}],
  ['a POST of a form', 'machine', 'POST', NAVIGATION],
  ['PUT', 'machine', 'PUT', NAVIGATION],
  ['DELETE', 'machine', 'DELETE', { accept: '*/*' }],
  ['OPTIONS', 'machine', 'OPTIONS', { accept: '*/*' }],
  [
    'fetch with cors',
    'machine',
    'GET',
    { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  ],
  ['fetch of the own origin', 'machine', 'GET', { accept: '*/*', 'sec-fetch-mode': 'same-origin' }],
  ['fetch that asks for HTML', 'machine', 'GET', { accept: HTML, 'sec-fetch-mode': 'cors' }],
  ['a script', 'machine', 'GET', { accept: '*/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
  ['an image', 'machine', 'GET', { accept: 'image/avif,image/webp,*/*;q=0.8' }],
  ['an image by its destination', 'machine', 'GET', { ...NAVIGATION, 'sec-fetch-dest': 'image' }],
  ['JSON', 'machine', 'GET', { accept: 'application/json' }],
  ['JSON or else anything', 'machine', 'GET', { accept: 'application/json, */*' }],
  [
    'XMLHttpRequest by its own word',
    'machine',
    'GET',
    { accept: HTML, 'x-requested-with': 'XMLHttpRequest' },
  ],
  ['HTMX', 'machine', 'GET', { accept: HTML, 'hx-request': 'true' }],
  ['a part of a file', 'machine', 'GET', { ...NAVIGATION, range: 'bytes=0-99' }],
  ['a WebSocket', 'machine', 'GET', { upgrade: 'websocket', connection: 'Upgrade', accept: HTML }],
  ['event stream', 'machine', 'GET', { accept: 'text/event-stream' }],
  ['gRPC', 'machine', 'POST', { 'content-type': 'application/grpc' }],
  ['an empty Accept', 'machine', 'GET', { accept: '' }],
  ['HTML in capitals', 'page', 'GET', { accept: 'Text/HTML' }],
]

describe('a refusal is', () => {
  test.each(ROWS)('for %s made for a %s', (_, audience, method, headers) => {
    expect(factsOf(requestOf({ method, headers }), client).audience).toBe(audience)
  })
})

test('facts are frozen', () => {
  const facts = factsOf(requestOf({ url: '/a' }), client)
  expect(Object.isFrozen(facts)).toBe(true)
  expect(() => Object.assign(facts, { path: '/b' })).toThrow(TypeError)
})

test('the target stays byte for byte; the path ends at the first question mark', () => {
  for (const [url, path] of [
    ['/a;b?x;y', '/a;b'],
    ['//a//?', '//a//'],
    ['/%2f%2F/..?a?b', '/%2f%2F/..'],
    ['/?', '/'],
    ['*', '*'],
  ] as const) {
    const facts = factsOf(requestOf({ url }), client)
    expect(facts.target).toBe(url)
    expect(facts.path).toBe(path)
  }
})

test('no header name reaches an object’s own machinery', () => {
  const facts = factsOf(requestOf({ headers: {} }), client)
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    expect(facts.header(name)).toBeUndefined()
})

test('facts for another target are those of a navigation by the same visitor', () => {
  const facts = factsFor(requestOf({ method: 'POST', url: '/x' }), client, '/deep?q')
  expect(facts).toMatchObject({ method: 'GET', target: '/deep?q', path: '/deep', client })
})

describe('a subrequest', () => {
  test('names the original request', () => {
    const facts = subrequestFactsOf(
      requestOf({
        url: '/.tollgate/check',
        headers: { 'x-original-uri': '/a?b', 'x-original-method': 'POST', 'x-forwarded-uri': '/c' },
      }),
      client,
    )
    expect(facts).toMatchObject({ target: '/a?b', method: 'POST', audience: 'machine' })
  })

  test('may name it in the words of other proxies', () => {
    const headers = { 'x-forwarded-uri': '/c?d', 'x-forwarded-method': 'DELETE' }
    expect(subrequestFactsOf(requestOf({ headers }), client)).toMatchObject({
      target: '/c?d',
      method: 'DELETE',
    })
  })

  test('has no facts without a usable target', () => {
    for (const uri of ['', 'http://evil.test/', 'a', '?'])
      expect(subrequestFactsOf(requestOf({ headers: { 'x-original-uri': uri } }), client)).toBeUndefined()
    expect(subrequestFactsOf(requestOf({}), client)).toBeUndefined()
  })
})
