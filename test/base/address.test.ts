import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRangeSet, parseRange } from '../../src/base/address-range.ts'
import type { AddressRange } from '../../src/base/address-range.ts'
import { addressText, isIpv4, parseAddress } from '../../src/base/address.ts'
import type { Words } from '../../src/base/address.ts'

const word = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 0xffffffff }), fc.constant(0xffffffff))
const anyWords: fc.Arbitrary<Words> = fc.oneof(
  fc.tuple(word, word, word, word),
  fc.tuple(fc.constant(0), fc.constant(0), fc.constant(0xffff), word),
)
const asNumber = (words: Words): bigint => words.reduce((sum, part) => (sum << 32n) | BigInt(part), 0n)
const asWords = (number: bigint): Words => {
  const part = (shift: bigint): number => Number((number >> shift) & 0xffffffffn)
  return [part(96n), part(64n), part(32n), part(0n)]
}
const rangeOf = (text: string): AddressRange => {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(parsed.fault)
  return parsed.value
}
const block = fc.tuple(anyWords, fc.integer({ min: 0, max: 128 })).map(([words, prefix]) => {
  const size = 1n << BigInt(128 - prefix)
  const first = (asNumber(words) / size) * size
  return { first, last: first + size - 1n, prefix }
})

describe('addresses', () => {
  test('text and bits lead to each other, whatever the address', () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        const text = addressText(words)
        expect(parseAddress(text)).toEqual({ text, words })
        expect(isIP(text)).toBe(isIpv4({ words }) ? 4 : 6)
      }),
    )
  })

  test('texts that are no full address are refused as the platform refuses them', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '255',
      '256',
      '01',
      'ffff',
      '10000',
      ':',
      '::',
      '.',
      '1.2.3.4',
      ' ',
      'g',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
  ])('%s is written %s', (text, canonical) => expect(parseAddress(text)?.text).toBe(canonical))

  test.each([
    '',
    '1.2.3',
    '1.2.3.04',
    '0x1.2.3.4',
    '1.2.3.4:80',
    '[::1]',
    '1::2::3',
    '1:2:3:4:5:6:7::8',
    '1:2:3:4:5:6:7:8::',
    '::1%',
    '1.2.3.4%eth0',
    '1.2.3.4.5',
  ])('%j is no address', (text) => expect(parseAddress(text)).toBeUndefined())
})

describe('ranges', () => {
  test('a set holds exactly what one of its ranges holds', () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 12 }),
        fc.array(anyWords, { maxLength: 10 }),
        (blocks, others) => {
          const set = createRangeSet(
            blocks.map(({ first, last }) => ({ text: '', first: asWords(first), last: asWords(last) })),
          )
          const edges = blocks.flatMap(({ first, last }) => [first - 1n, first, last, last + 1n])
          const probes = [...edges.filter((edge) => edge >= 0n && edge < 1n << 128n), ...others.map(asNumber)]
          for (const probe of probes) {
            const expected = blocks.some(({ first, last }) => first <= probe && probe <= last)
            expect(set.has({ words: asWords(probe) })).toBe(expected)
          }
          expect(set.size).toBeLessThanOrEqual(blocks.length)
        },
      ),
    )
  })

  test('a block reads back as its first and last address', () => {
    fc.assert(
      fc.property(block, ({ first, last, prefix }) => {
        const words = asWords(first)
        const text = isIpv4({ words }) && prefix >= 96 ? `${addressText(words)}/${prefix - 96}` : undefined
        const groups = words
          .flatMap((part) => [part >>> 16, part & 0xffff])
          .map((group) => group.toString(16))
        const range = rangeOf(text ?? `${groups.join(':')}/${prefix}`)
        expect([asNumber(range.first), asNumber(range.last)]).toEqual([first, last])
      }),
    )
  })

  test('overlapping and touching ranges become one', () => {
    expect(createRangeSet(['10.0.0.0/9', '10.128.0.0/9', '10.1.0.0/16'].map(rangeOf)).size).toBe(1)
    expect(createRangeSet(['10.0.0.0/9', '10.129.0.0/16'].map(rangeOf)).size).toBe(2)
    expect(createRangeSet([]).has({ words: [0, 0, 0, 0] })).toBe(false)
  })

  test.each([
    ['10.1.0.0/8', 'has bits set behind its prefix (the range is 10.0.0.0/8)'],
    ['2001:db8::1/32', 'has bits set behind its prefix (the range is 2001:db8::/32)'],
    ['10.0.0.0/33', 'the prefix length must be 0 to 32'],
    ['::/129', 'the prefix length must be 0 to 128'],
    ['10.0.0.0/08', 'the prefix length must be 0 to 32'],
    ['10.0.0.0/', 'the prefix length must be 0 to 32'],
    ['fe80::%eth0/64', 'must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32'],
    ['10.0/8', 'must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32'],
  ])('%s: %s', (text, fault) => expect(parseRange(text)).toEqual({ ok: false, fault }))
})
