import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseListenAddress, parseUpstream } from '../../src/base/endpoint.ts'
import { duration } from '../../src/base/scalars.ts'
import { durationText, parseCount, parseDuration, parseSize } from '../../src/base/units.ts'

const valueOf = (parsed: { ok: boolean; value?: unknown }): unknown => (parsed.ok ? parsed.value : 'fault')

test('every duration reads back from its text', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), (milliseconds) => {
      expect(parseDuration(durationText(milliseconds))).toEqual({ ok: true, value: milliseconds })
    }),
  )
})

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['250ms', 250],
  ['1m5ms', 60_005],
  ['1.5h', 5_400_000],
  ['0s', 0],
  ['30', 'fault'],
  ['', 'fault'],
  ['30m1h', 'fault'],
  ['-5m', 'fault'],
  ['5 m', 'fault'],
  ['1..5h', 'fault'],
  ['5M', 'fault'],
  ['0.1ms', 'fault'],
  ['99999999999999999999d', 'fault'],
])('duration %j is %s', (text, value) => expect(valueOf(parseDuration(text))).toBe(value))

test.each([
  ['64MB', 64_000_000],
  ['1KiB', 1024],
  ['1.5GiB', 1_610_612_736],
  ['64', 'fault'],
  ['64mb', 'fault'],
  ['1.5B', 'fault'],
])('size %j is %s', (text, value) => expect(valueOf(parseSize(text))).toBe(value))

test.each([
  ['1M', 1_000_000],
  ['64k', 64_000],
  ['1.5M', 1_500_000],
  ['1_000_000', 1_000_000],
  ['17', 17],
  ['1__0', 'fault'],
  ['10_0', 'fault'],
  ['1e6', 'fault'],
  ['0.5', 'fault'],
  ['-1', 'fault'],
  ['', 'fault'],
])('count %j is %s', (text, value) => expect(valueOf(parseCount(text))).toBe(value))

test('bounds are told in the words of the operator', () => {
  const schema = duration({ min: '1s', max: '24h' })
  expect(schema.safeParse('25h').error?.issues[0]?.message).toBe('must be at most 24h')
  expect(schema.safeParse('10ms').error?.issues[0]?.message).toBe('must be at least 1s')
  expect(schema.safeParse(30).error?.issues[0]?.message).toContain('such as 30m (units: ms, s, m, h, d)')
  expect(schema.parse('24h')).toBe(86_400_000)
})

describe('listen addresses', () => {
  test.each([
    ['127.0.0.1:8923', { kind: 'tcp', host: '127.0.0.1', port: 8923 }],
    [':8923', { kind: 'tcp', host: '', port: 8923 }],
    ['[::1]:0', { kind: 'tcp', host: '::1', port: 0 }],
    ['localhost:80', { kind: 'tcp', host: 'localhost', port: 80 }],
    ['unix:/run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
    ['unix:///run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
  ])('%s', (text, value) => expect(parseListenAddress(text)).toEqual({ ok: true, value }))

  test.each([
    '8923',
    '::1:80',
    '[::1]',
    '[1.2.3.4]:80',
    '1.2.3:80',
    'a b:80',
    ':65536',
    'unix:a',
    'unix:',
    `unix:/${'x'.repeat(107)}`,
    'http://a:80',
  ])('%s is refused', (text) => expect(parseListenAddress(text).ok).toBe(false))
})

describe('upstreams', () => {
  test.each([
    ['http://a', { kind: 'http', host: 'a', port: 80, origin: 'http://a:80' }],
    ['https://a.example/', { kind: 'https', host: 'a.example', port: 443, origin: 'https://a.example:443' }],
    [
      'http://[2001:db8::1]:81',
      { kind: 'http', host: '2001:db8::1', port: 81, origin: 'http://[2001:db8::1]:81' },
    ],
    ['unix:/run/site.sock', { kind: 'unix', path: '/run/site.sock' }],
  ])('%s', (text, value) => expect(parseUpstream(text)).toEqual({ ok: true, value }))

  test.each([
    ['http://a/b', 'path'],
    ['http://a?b', 'path'],
    ['http://me:pw@a', 'password'],
    ['h2c://a', 'not supported yet'],
    ['ftp://a', 'http://HOST'],
    ['a:80', 'http://HOST'],
    ['http://', 'http://HOST'],
    ['http://a:0', 'http://HOST'],
    ['http://a b', 'http://HOST'],
  ])('%s is refused: %s', (text, word) => {
    const parsed = parseUpstream(text)
    expect(parsed.ok ? '' : parsed.fault).toContain(word)
  })
})
