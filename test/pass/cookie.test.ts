import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPassCookie } from '../../src/pass/cookie.ts'

const cookie = createPassCookie({ name: 'tollgate-pass' })
const shared = createPassCookie({ name: 'tollgate-pass', domain: 'example.org' })
const attributesOf = (setCookie: string): string[] => setCookie.split('; ').slice(1).sort()

describe('the cookie that is set', () => {
  test('on http has no prefix and no Secure, so that a browser keeps it', () => {
    const set = cookie.issue('T', 'http', 60)
    expect(set.split(';')[0]).toBe('tollgate-pass=T')
    expect(attributesOf(set)).toEqual(['HttpOnly', 'Max-Age=60', 'Path=/', 'SameSite=Lax'])
  })

  test('on https is bound to its host by the prefix', () => {
    const set = cookie.issue('T', 'https', 60)
    expect(set.split(';')[0]).toBe('__Host-tollgate-pass=T')
    expect(attributesOf(set)).toEqual(['HttpOnly', 'Max-Age=60', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  test('for a domain has none of the prefix, which a browser would refuse', () => {
    const set = shared.issue('T', 'https', 60)
    expect(set.split(';')[0]).toBe('tollgate-pass=T')
    expect(attributesOf(set)).toEqual([
      'Domain=example.org',
      'HttpOnly',
      'Max-Age=60',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ])
    expect(shared.issue('T', 'http', 60)).not.toContain('Secure')
  })
})

describe('the tokens of a request', () => {
  const ROWS: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, []],
    ['', []],
    ['a=b', []],
    ['tollgate-pass=T', ['T']],
    ['__Host-tollgate-pass=T', ['T']],
    ['a=b; tollgate-pass=T; c=d', ['T']],
    ['a=b;tollgate-pass=T;c=d', ['T']],
    ['tollgate-pass=A; tollgate-pass=B', ['A', 'B']],
    ['tollgate-pass=A; __Host-tollgate-pass=B', ['A', 'B']],
    ['tollgate-pass=', ['']],
    ['tollgate-pass', []],
    ['tollgate-pass=a=b=', ['a=b=']],
    ['Tollgate-Pass=T', []],
    ['xtollgate-pass=T', []],
    ['tollgate-passx=T', []],
    ['__Secure-tollgate-pass=T', []],
    ['__host-tollgate-pass=T', []],
    ['=tollgate-pass=T', []],
    ['a=tollgate-pass=T', []],
    ['tollgate-pass="T"', ['"T"']],
    ['$Version=1; tollgate-pass=T', ['T']],
    [`tollgate-pass=${'A'.repeat(2049)}; tollgate-pass=T`, ['T']],
    [`${'tollgate-pass=x; '.repeat(20)}tollgate-pass=T`, [...Array<string>(20).fill('x'), 'T']],
    ['tollgate-pass=x; '.repeat(100), Array<string>(64).fill('x')],
  ]
  test.each(ROWS)('"%s" are these', (header, tokens) => {
    expect(cookie.tokensOf(header, undefined)).toEqual(tokens)
  })

  test('may come as credentials too, in any case, and stand first', () => {
    for (const scheme of ['Tollgate', 'tollgate', 'TOLLGATE'])
      expect(cookie.tokensOf('tollgate-pass=B', `${scheme} A`)).toEqual(['A', 'B'])
    for (const authorization of ['Bearer A', 'TollgateA', 'Basic dG9sbGdhdGU6', 'Tollgate'])
      expect(cookie.tokensOf(undefined, authorization)).toEqual([])
  })

  test('that come as credentials are no longer than those that come as cookies', () => {
    expect(cookie.tokensOf(undefined, `Tollgate ${'A'.repeat(2049)}`)).toEqual([])
  })
})

describe('the upstream’s Cookie', () => {
  const ROWS: readonly (readonly [string, string | undefined])[] = [
    ['a=b', 'a=b'],
    ['a=b; c=d', 'a=b; c=d'],
    ['tollgate-pass=T', undefined],
    ['__Host-tollgate-pass=T', undefined],
    ['tollgate-pass=T;', undefined],
    ['tollgate-pass=T; __Host-tollgate-pass=U', undefined],
    ['a=b; tollgate-pass=T', 'a=b'],
    ['tollgate-pass=T; a=b', 'a=b'],
    ['a=b; __Host-tollgate-pass=T; c=d', 'a=b; c=d'],
    ['a=b;tollgate-pass=T;c=d', 'a=b;c=d'],
    ['a="x; tollgate-pass=T"', 'a="x'],
    ['tollgate-passenger=T', 'tollgate-passenger=T'],
    ['my-tollgate-pass=T', 'my-tollgate-pass=T'],
    ['a=tollgate-pass', 'a=tollgate-pass'],
  ]
  test.each(ROWS)('of "%s" is "%s"', (header, kept) => {
    expect(cookie.withoutPasses(header)).toBe(kept)
  })

  test('holds no token that we would read, whatever the request held', () => {
    const piece = fc.constantFrom('tollgate-pass', '__Host-', '=', ';', ' ', '\t', 'a', '"', ',', '\u00a0')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const kept = cookie.withoutPasses(pieces.join(''))
        expect(cookie.tokensOf(kept, undefined)).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })
})

test('a Set-Cookie of the upstream that would touch a pass is seen', () => {
  for (const set of ['tollgate-pass=x', '__Host-tollgate-pass=; Max-Age=0', ' tollgate-pass=x; Path=/a'])
    expect(cookie.sets(set)).toBe(true)
  for (const set of ['a=tollgate-pass=x', 'tollgate-passenger=1', 'a=b; tollgate-pass=x', ''])
    expect(cookie.sets(set)).toBe(false)
})
