import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { createRangeSet, parseRange } from '../../src/base/address-range.ts'
import { createIdentify } from '../../src/client/identify.ts'
import { requestOf } from './request.ts'

const rangesOf = (...texts: string[]) =>
  createRangeSet(
    texts.map((text) => {
      const parsed = parseRange(text)
      if (!parsed.ok) throw new Error(parsed.fault)
      return parsed.value
    }),
  )

const identify = createIdentify({ trusted: rangesOf('127.0.0.0/8', '10.0.0.0/8', '2001:db8:aaaa::/48') })

const addressOf = (forwardedFor: string, peer: string | undefined = '127.0.0.1'): string =>
  identify(requestOf({ peer, headers: { host: 'site.test', 'x-forwarded-for': forwardedFor } })).address.text

/** `X-Forwarded-For` as a trusted peer at 127.0.0.1 sends it, and the address that it names. */
const WALKS: readonly (readonly [string, string])[] = [
  ['198.51.100.7', '198.51.100.7'],
  ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['1.2.3.4, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
  ['1.2.3.4, 198.51.100.7, 10.1.2.3, 10.9.9.9', '198.51.100.7'],
  ['10.1.1.1, 10.2.2.2', '10.1.1.1'],
  ['198.51.100.7,10.1.1.1', '198.51.100.7'],
  ['  198.51.100.7  ,\t10.1.1.1 ', '198.51.100.7'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['::FFFF:198.51.100.7, ::ffff:10.0.0.1', '198.51.100.7'],
  ['198.51.100.7:4711', '198.51.100.7'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['[::ffff:198.51.100.7]:80', '198.51.100.7'],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['198.51.100.7, 2001:db8:aaaa::5', '198.51.100.7'],
  ['198.51.100.7, [2001:db8:aaaa::5]:1', '198.51.100.7'],
  ['', '127.0.0.1'],
  [',', '127.0.0.1'],
  ['unknown', '127.0.0.1'],
  ['_hidden', '127.0.0.1'],
  ['198.51.100.7, unknown', '127.0.0.1'],
  ['198.51.100.7, , 10.1.1.1', '10.1.1.1'],
  ['198.51.100.7, junk, 10.1.1.1', '10.1.1.1'],
  ['198.51.100.7, 127.1, 10.1.1.1', '10.1.1.1'],
  ['198.51.100.7, 0x7f.0.0.1', '127.0.0.1'],
  ['198.51.100.7, 127.0.0.01', '127.0.0.1'],
  ['198.51.100.7, 2130706433', '127.0.0.1'],
  ['198.51.100.7, 256.1.1.1', '127.0.0.1'],
  ['198.51.100.7, [::1', '127.0.0.1'],
  ['198.51.100.7, for=10.0.0.1', '127.0.0.1'],
  ['198.51.100.7, 10.0.0.1\u00e9', '127.0.0.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['__proto__', '127.0.0.1'],
]

describe('behind a trusted proxy', () => {
  test.each(WALKS)('"%s" names %s', (forwardedFor, expected) => {
    expect(addressOf(forwardedFor)).toBe(expected)
  })

  test('whatever a visitor writes to the left of what the proxy adds changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (forged) => {
        expect(addressOf(`${forged}, 198.51.100.7, 10.0.0.1`)).toBe('198.51.100.7')
      }),
    )
  })

  test('no forwarding header makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 50 }), (forwardedFor, proto) => {
        const request = requestOf({
          peer: '127.0.0.1',
          headers: { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': proto, 'x-forwarded-host': proto },
        })
        expect(identify(request).address.words).toHaveLength(4)
      }),
    )
  })

  test('the scheme and the host are those that the proxy says, the last where there are several', () => {
    const client = identify(
      requestOf({
        peer: '10.0.0.1',
        headers: {
          host: 'inner:8080',
          'x-forwarded-proto': 'http, HTTPS',
          'x-forwarded-host': 'evil.test, Site.Test',
        },
      }),
    )
    expect(client.scheme).toBe('https')
    expect(client.host).toBe('site.test')
  })

  test('a scheme that is neither http nor https is not believed', () => {
    const schemeOf = (proto: string, encrypted: boolean) =>
      identify(requestOf({ peer: '10.0.0.1', encrypted, headers: { 'x-forwarded-proto': proto } })).scheme
    expect(schemeOf('ftp', false)).toBe('http')
    expect(schemeOf('ftp', true)).toBe('https')
    expect(schemeOf('http', true)).toBe('http')
  })
})

test('a peer that is not listed is never believed, whatever it sends', () => {
  const client = identify(
    requestOf({
      peer: '198.51.100.99',
      headers: {
        host: 'Site.Test:8080',
        'x-forwarded-for': '10.0.0.1',
        'x-real-ip': '10.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.test',
        forwarded: 'for=10.0.0.1',
      },
    }),
  )
  expect(client).toMatchObject({ scheme: 'http', host: 'site.test:8080' })
  expect(client.address.text).toBe('198.51.100.99')
  expect(identify.trusts(requestOf({ peer: '198.51.100.99' }))).toBe(false)
})

test('X-Real-IP alone names nobody, even from a trusted proxy', () => {
  const request = requestOf({ peer: '127.0.0.1', headers: { 'x-real-ip': '198.51.100.7' } })
  expect(identify(request).address.text).toBe('127.0.0.1')
})

test('an IPv4-mapped peer is its IPv4 address', () => {
  expect(identify(requestOf({ peer: '::ffff:198.51.100.7' })).address.text).toBe('198.51.100.7')
  expect(identify.trusts(requestOf({ peer: '::ffff:10.1.1.1' }))).toBe(true)
})

test('a peer on a unix socket speaks for others', () => {
  const request = requestOf({ headers: { 'x-forwarded-for': '198.51.100.7' } })
  expect(identify.trusts(request)).toBe(true)
  expect(identify(request).address.text).toBe('198.51.100.7')
})

test('TLS that ends here is https', () => {
  expect(identify(requestOf({ peer: '198.51.100.7', encrypted: true })).scheme).toBe('https')
})

test('what goes on as X-Forwarded-For ends with the peer, and starts with what a trusted peer said', () => {
  const headers = { host: 'site.test', 'x-forwarded-for': '198.51.100.7' }
  expect(identify.forwardedFor(requestOf({ peer: '127.0.0.1', headers }))).toBe('198.51.100.7, 127.0.0.1')
  expect(identify.forwardedFor(requestOf({ peer: '203.0.113.9', headers }))).toBe('203.0.113.9')
  expect(identify.forwardedFor(requestOf({ peer: undefined, headers }))).toBe('198.51.100.7')
})
