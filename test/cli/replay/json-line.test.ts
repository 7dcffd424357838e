import { expect, test } from 'vitest'
import { createAddresses } from '../../../src/cli/replay/addresses.ts'
import { createJsonLine } from '../../../src/cli/replay/json-line.ts'

/** As `createLines` hands it over: each byte one character. */
const read = (line: unknown) =>
  createJsonLine(createAddresses())(
    Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)).toString('latin1'),
  )
const AT = Date.UTC(2026, 10, 22, 12, 0, 0)

test('the log of Caddy', () => {
  const line = {
    level: 'info',
    ts: AT / 1000 + 0.25,
    logger: 'http.log.access',
    msg: 'handled request',
    request: {
      remote_ip: '10.0.0.1',
      remote_port: '1234',
      client_ip: '2001:db8::7',
      proto: 'HTTP/2.0',
      method: 'GET',
      host: 'Example.org',
      uri: '/a?b',
      headers: { 'User-Agent': ['curl/8'], Accept: ['a', 'b'], Cookie: ['x=1', 'y=2'] },
      tls: { version: 772 },
    },
    status: 200,
  }
  expect(read(line).entry).toMatchObject({
    address: { text: '2001:db8::7' },
    method: 'GET',
    target: '/a?b',
    host: 'example.org',
    scheme: 'https',
    status: 200,
    time: AT + 250,
    headers: { 'user-agent': 'curl/8', accept: 'a, b', cookie: 'x=1; y=2' },
  })
})

test('a JSON log of nginx, by the names of its variables', () => {
  const line = {
    time_iso8601: '2026-11-22T13:00:00+01:00',
    remote_addr: '192.0.2.1',
    request_method: 'POST',
    request_uri: '/login',
    status: '302',
    http_host: 'a.example',
    http_user_agent: 'Mozilla/5.0',
    http_accept_language: 'de',
    http_referer: '',
    scheme: 'http',
  }
  const { entry } = read(line)
  expect(entry).toMatchObject({ method: 'POST', host: 'a.example', scheme: 'http', status: 302, time: AT })
  expect(entry?.headers).toEqual({ host: 'a.example', 'user-agent': 'Mozilla/5.0', 'accept-language': 'de' })
  expect(entry?.absent).toEqual(['referer'])
})

test('headers that Traefik keeps', () => {
  const line = {
    ClientHost: '192.0.2.1',
    RequestMethod: 'GET',
    RequestPath: '/',
    'request_User-Agent': 'Mozilla/5.0',
    'request_Accept-Language': 'de',
  }
  expect(read(line).entry).toMatchObject({
    headers: { 'user-agent': 'Mozilla/5.0', 'accept-language': 'de' },
    allHeaders: false,
    absent: [],
  })
})

test('a request that stands as one text', () => {
  const line = {
    remote_addr: '192.0.2.1',
    request: 'GET /x HTTP/1.1',
    time_local: '22/Nov/2026:12:00:00 +0000',
  }
  expect(read(line).entry).toMatchObject({ method: 'GET', target: '/x', time: AT, status: undefined })
})

test("the gateway's own log, whose targets have one character for each byte, and whose agents are text", () => {
  const line = {
    level: 'info',
    time: '2026-11-22T12:00:00.000Z',
    action: 'deny',
    reference: 'R',
    site: 'default',
    rule: 'ai',
    requiredLevel: 0,
    address: '192.0.2.1',
    method: 'GET',
    host: 'a.example',
    target: '/\u00e3\u0081',
    userAgent: '\u00e9',
  }
  expect(read(line).entry).toMatchObject({
    target: '/\u00e3\u0081',
    time: AT,
    headers: { 'user-agent': '\u00c3\u00a9' },
  })
})

test('text beyond ASCII of other logs is the bytes that Node would show', () => {
  const line = { remote_addr: '192.0.2.1', method: 'GET', uri: '/é', user_agent: 'ü' }
  expect(read(line).entry).toMatchObject({
    target: '/\u00c3\u00a9',
    headers: { 'user-agent': '\u00c3\u00bc' },
  })
})

test.each([
  [{ remote_addr: '192.0.2.1:55', method: 'GET', uri: '/' }, '192.0.2.1'],
  [{ remote_addr: '[2001:db8::1]:55', method: 'GET', uri: '/' }, '2001:db8::1'],
  [{ ClientHost: '192.0.2.2', RequestMethod: 'GET', RequestPath: '/' }, '192.0.2.2'],
])('%j is of %s', (line, address) => {
  expect(read(line).entry?.address.text).toBe(address)
})

test.each([
  [1_700_000_000, 1_700_000_000_000],
  ['1700000000.123', 1_700_000_000_123],
  [1_700_000_000_123, 1_700_000_000_123],
  [1_700_000_000_123_000, 1_700_000_000_123],
  ['no time', undefined],
  [-5, undefined],
])('the time %j is %j', (time, expected) => {
  expect(read({ remote_addr: '192.0.2.1', method: 'GET', uri: '/', time }).entry?.time).toBe(expected)
})

test.each([
  ['', 'no JSON object', true],
  ['[1]', 'no JSON object', true],
  ['{"a":', 'no JSON object', true],
  [{ level: 'info', message: 'worker started' }, 'no HTTP request', false],
  [{ remote_addr: '192.0.2.1', request: '\u0016\u0003' }, 'no HTTP request', false],
  [{ remote_addr: 'unix:', method: 'GET', uri: '/' }, 'no address of the client', true],
  [{ method: 'GET', uri: '/' }, 'no address of the client', true],
])('%j is %s', (line, why, malformed) => {
  expect(read(line)).toEqual({ entry: undefined, why, malformed })
})

test('names of the prototype are no fields', () => {
  const line =
    '{"__proto__": {"remote_addr": "192.0.2.1"}, "method": "GET", "uri": "/", "headers": {"__proto__": "x"}}'
  expect(read(line)).toMatchObject({ entry: undefined, why: 'no address of the client' })
})
