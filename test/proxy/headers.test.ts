import { describe, expect, test } from 'vitest'
import { createUpstreamRequestHeaders, type Introduction } from '../../src/proxy/request-headers.ts'
import { visitorResponseHeaders } from '../../src/proxy/response-headers.ts'

const INTRODUCTION: Introduction = {
  client: { address: { text: '198.51.100.7', words: [0, 0, 0xffff, 0] }, scheme: 'https', host: 'site.test' },
  forwardedFor: '198.51.100.7',
  action: 'pass',
  rule: 'a rule',
  level: 20,
  reference: '0123456789ab',
  withoutPasses: (cookies) => (cookies === 'tollgate-pass=T' ? undefined : cookies),
}
const OURS = [
  ['X-Forwarded-For', '198.51.100.7'],
  ['X-Forwarded-Host', 'site.test'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Real-IP', '198.51.100.7'],
  ['Tollgate-Action', 'pass'],
  ['Tollgate-Rule', 'a rule'],
  ['Tollgate-Level', '20'],
  ['Tollgate-Reference', '0123456789ab'],
]
const pairsOf = (flat: readonly string[]) =>
  flat.flatMap((name, i) => (i % 2 ? [] : [[name, flat[i + 1]!] as const]))
const upstream = (
  pairs: readonly (readonly [string, string])[],
  connection?: string,
  change: Partial<Introduction> = {},
) => pairsOf(createUpstreamRequestHeaders()(pairs.flat(), connection, { ...INTRODUCTION, ...change }))
const kept = (pairs: readonly (readonly [string, string])[], connection?: string) =>
  upstream(pairs, connection).slice(0, -OURS.length)

describe('upstream', () => {
  test('our own fields stand once each, behind all others', () => {
    expect(upstream([['Host', 'site.test']])).toEqual([['Host', 'site.test'], ...OURS])
  })

  test('other fields keep their order, their case and their twins', () => {
    const fields = [
      ['Host', 'site.test'],
      ['X-Dup', 'a'],
      ['x-dup', 'b'],
      ['ACCEPT', '*/*'],
      ['X-Dup', 'a'],
      ['Authorization', 'Bearer tollgate x'],
      ['Cookie', 'a=b'],
      ['X-Empty', ''],
      ['Constructor', '1'],
      ['__proto__', '2'],
    ] as const
    expect(kept(fields)).toEqual(fields)
  })

  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'HTTP2-Settings',
    'Expect',
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-Scheme',
    'X-Forwarded-Server',
    'X-Forwarded-Ssl',
    'X-Real-IP',
    'X-Real-Ip',
    'x_real_ip',
    'X_Forwarded-For',
    'X-FORWARDED_PROTO',
    'Tollgate-Action',
    'TOLLGATE-LEVEL',
    'Tollgate_Rule',
    'Tollgate-Anything',
    'tollgate_reference',
  ])('no %s of a visitor arrives', (name) => {
    expect(kept([[name, 'forged']])).toEqual([])
  })

  test('what Connection names is left out, however it names it', () => {
    const fields = [
      ['X-Secret', '1'],
      ['x-other', '2'],
      ['X-Kept', '3'],
    ] as const
    expect(kept(fields, 'close, X-SECRET ,x-other,,')).toEqual([['X-Kept', '3']])
    expect(kept(fields, 'keep-alive')).toEqual(fields)
  })

  test('what Connection names of our own still arrives, and so does Host', () => {
    const named = 'X-Real-IP, X-Forwarded-For, Tollgate-Action, Host, close'
    expect(upstream([['Host', 'site.test']], named)).toEqual([['Host', 'site.test'], ...OURS])
  })

  test('the credentials of a pass stay here, all others go on', () => {
    for (const value of ['Tollgate abc', 'tollgate abc', 'TOLLGATE  abc'])
      expect(kept([['Authorization', value]])).toEqual([])
    for (const value of ['Basic abc', 'Bearer abc', 'Tollgatex abc'])
      expect(kept([['authorization', value]])).toEqual([['authorization', value]])
  })

  test('a Cookie that held nothing but a pass is gone', () => {
    expect(
      kept([
        ['Cookie', 'tollgate-pass=T'],
        ['cookie', 'a=b'],
      ]),
    ).toEqual([['cookie', 'a=b']])
  })

  test('the way through trusted proxies is carried on', () => {
    const fields = upstream([['X-Forwarded-For', '1.2.3.4']], undefined, { forwardedFor: '1.2.3.4, 5.6.7.8' })
    expect(fields[0]).toEqual(['X-Forwarded-For', '1.2.3.4, 5.6.7.8'])
  })
})

describe('to the visitor', () => {
  const visitor = (pairs: readonly (readonly [string, string])[]) => {
    const raw = pairs.flat().map((text) => Buffer.from(text, 'latin1'))
    const { headers, length } = visitorResponseHeaders(raw, (cookie) => cookie.startsWith('tollgate-pass='))
    return { headers: pairsOf(headers), length }
  }

  test('fields keep their order, their case, their twins and their bytes', () => {
    const fields = [
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'a=b; Path=/'],
      ['set-cookie', 'c=d'],
      ['X-Latin', 'caf\u00e9'],
      ['Set-Cookie', 'a=b; Path=/'],
      ['Content-Length', '12'],
    ] as const
    expect(visitor(fields)).toEqual({ headers: fields, length: 12 })
  })

  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Tollgate-Action',
    'tollgate-reference',
  ])('%s of the upstream does not arrive', (name) => {
    expect(visitor([[name, 'x']])).toEqual({ headers: [], length: -1 })
  })

  test('what the upstream’s Connection names does not arrive', () => {
    const fields = [
      ['X-Secret', '1'],
      ['Connection', 'close, x-secret'],
      ['X-Kept', '2'],
      ['Connection', 'X-Other'],
      ['X-OTHER', '3'],
    ] as const
    expect(visitor(fields).headers).toEqual([['X-Kept', '2']])
  })

  test('a cookie that would touch a pass does not arrive', () => {
    expect(
      visitor([
        ['Set-Cookie', 'tollgate-pass=; Max-Age=0'],
        ['Set-Cookie', 'a=b'],
      ]).headers,
    ).toEqual([['Set-Cookie', 'a=b']])
  })
})
