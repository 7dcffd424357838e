import { describe, expect, test } from 'vitest'
import { createAccessLine } from '../../../src/cli/replay/access-line.ts'
import { createAddresses } from '../../../src/cli/replay/addresses.ts'
import type { LogEntry } from '../../../src/cli/replay/entry.ts'

const TIME = '[10/Oct/2000:13:55:36 -0700]'
const AT = Date.UTC(2000, 9, 10, 20, 55, 36)

const read = (line: string, kind: 'common' | 'combined' = 'combined') =>
  createAccessLine(kind, createAddresses())(line)
const entryOf = (line: string, kind?: 'common' | 'combined'): LogEntry => {
  const { entry, ...rest } = read(line, kind)
  if (entry === undefined) throw new Error(JSON.stringify(rest))
  return entry
}
const whyOf = (line: string): string => {
  const told = read(line)
  return told.entry === undefined ? `${told.malformed ? 'malformed' : 'other'}: ${told.why}` : 'read'
}

describe('common log format', () => {
  test('every field is read', () => {
    const entry = entryOf(`192.0.2.7 - frank ${TIME} "GET /a?b=c HTTP/1.0" 404 2326`, 'common')
    expect(entry).toEqual({
      address: expect.objectContaining({ text: '192.0.2.7' }) as unknown,
      method: 'GET',
      target: '/a?b=c',
      host: '',
      scheme: undefined,
      headers: {},
      allHeaders: false,
      absent: [],
      status: 404,
      time: AT,
    })
  })

  test('IPv6, a host in front with its port, and a length that is not known', () => {
    const line = `Example.ORG:443 2001:db8::1 - - ${TIME} "HEAD / HTTP/2.0" 304 -`
    expect(entryOf(line)).toMatchObject({ host: 'example.org:443', address: { text: '2001:db8::1' } })
  })

  test('a host in front that is an address itself is not the client', () => {
    const entry = entryOf(`192.0.2.1 203.0.113.9 - - ${TIME} "GET / HTTP/1.1" 200 1`)
    expect([entry.host, entry.address.text]).toEqual(['192.0.2.1', '203.0.113.9'])
  })

  test('a user name may have spaces and brackets', () => {
    expect(entryOf(`192.0.2.1 - a [b] c ${TIME} "GET /x HTTP/1.1" 200 1`).target).toBe('/x')
  })

  test('headers that stand there all the same are not looked at', () => {
    expect(entryOf(`192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 200 1 "r" "u"`, 'common').headers).toEqual({})
  })
})

describe('combined log format', () => {
  const combined = (referer: string, agent: string, more = ''): string =>
    `192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 200 1 "${referer}" "${agent}"${more}`

  test('Referer and User-Agent are headers, and - is none', () => {
    expect(entryOf(combined('https://a/', 'curl/8')).headers).toEqual({
      referer: 'https://a/',
      'user-agent': 'curl/8',
    })
    expect(entryOf(combined('-', '-')).headers).toEqual({})
  })

  test.each([
    ['say \\"hi\\"', 'say "hi"'],
    ['\\xe3\\x81\\x82', '\u00e3\u0081\u0082'],
    ['a\\\\', 'a\\'],
    ['tab\\t', 'tab\t'],
    ['say "hi"-twice', 'say "hi"-twice'],
  ])('the agent %s is read as the bytes that were sent', (written, sent) => {
    expect(entryOf(combined('-', written)).headers['user-agent']).toBe(sent)
  })

  test("an address list behind the User-Agent is X-Forwarded-For, as in nginx's usual log; other fields are not", () => {
    expect(entryOf(combined('-', 'u', ' "198.51.100.1, 2001:db8::2"')).headers['x-forwarded-for']).toBe(
      '198.51.100.1, 2001:db8::2',
    )
    expect(entryOf(combined('-', 'u', ' "-"')).headers).toEqual({ 'user-agent': 'u' })
    expect(entryOf(combined('-', 'u', ' "gzip 2.1" 0.003')).headers).toEqual({ 'user-agent': 'u' })
  })

  test('an escaped quote in the target does not end it', () => {
    const line = `192.0.2.1 - - ${TIME} "GET /\\"x HTTP/1.1" 200 1 "-" "-"`
    expect(entryOf(line).target).toBe('/"x')
  })
})

test.each([
  ['', 'malformed: no time in brackets'],
  ['hello', 'malformed: no time in brackets'],
  [`192.0.2.1 - - [99/Foo/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1`, 'malformed: no time in brackets'],
  [`example.org - - ${TIME} "GET / HTTP/1.1" 200 1`, 'malformed: no address of the client'],
  [`999.0.2.1 - - ${TIME} "GET / HTTP/1.1" 200 1`, 'malformed: no address of the client'],
  [`192.0.2.1 - - ${TIME} "GET / HTTP/1.1`, 'malformed: no quoted request'],
  [`192.0.2.1 - - ${TIME} "GET / HTTP/1.1" abc 1`, 'malformed: no status'],
  [`192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 200 1 "-" "Mozi`, 'malformed: no quoted Referer and User-Agent'],
  [`192.0.2.1 - - ${TIME} "-" 408 0 "-" "-"`, 'other: no HTTP request'],
  [`192.0.2.1 - - ${TIME} "\\x16\\x03\\x01" 400 0 "-" "-"`, 'other: no HTTP request'],
  [`192.0.2.1 - - ${TIME} "GET /" 400 0 "-" "-"`, 'other: no HTTP request'],
  [`192.0.2.1 - - ${TIME} "GET /a b HTTP/1.1" 400 0 "-" "-"`, 'other: no HTTP request'],
])('%j is %s', (line, why) => {
  expect(whyOf(line)).toBe(why)
})

test('a line of 64 KiB of brackets or backslashes is read in no time that grows with its square', () => {
  const started = performance.now()
  for (const filler of [' [', '\\', '"', ' "']) {
    read(`192.0.2.1 - - ${TIME} "GET /${filler.repeat(65_536 / filler.length)}`)
    read(filler.repeat(65_536 / filler.length))
  }
  expect(performance.now() - started).toBeLessThan(5000)
})
