import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { createRangeScanner } from '../../src/base/range-scan.ts'
import { createRangePacker, tableHas, tableSize } from '../../src/base/range-table.ts'
import type { Words } from '../../src/base/address.ts'

const piece = fc.constantFrom(
  '0',
  '1',
  '255',
  '256',
  '01',
  'fFff',
  '10000',
  ':',
  '::',
  '.',
  '1.2.3.4',
  ' ',
  'g',
)
const scanner = createRangeScanner()

test('the scanner of bytes takes exactly the addresses that the parser of texts takes', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const address = parseAddress(text)
      expect(scanner.scanText(text)).toBe(address !== undefined)
      const { first, last } = scanner.range
      expect(address && [first, last]).toEqual(address && [address.words, address.words])
    }),
    { numRuns: 5000 },
  )
})

test('it looks at nothing outside of the bytes it was given', () => {
  const bytes = Buffer.from('::1::1/1281.2.3.4/325')
  expect(scanner.scan(bytes, 0, 3)).toBe(true)
  expect(scanner.scan(bytes, 3, 10)).toBe(true)
  expect(scanner.scan(bytes, 10, 20)).toBe(true)
  expect(scanner.scan(bytes, 10, 21)).toBe(false)
  expect(scanner.scan(bytes, 0, 2)).toBe(true)
  expect(scanner.scan(bytes, 0, 1)).toBe(false)
  expect(scanner.scan(bytes, 0, 0)).toBe(false)
})

describe('range tables', () => {
  const number = (words: Words): bigint => words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n)
  const word = fc.oneof(fc.nat(3), fc.integer({ min: 0xfffffffe, max: 0xffffffff }))
  const words: fc.Arbitrary<Words> = fc.oneof(
    fc.tuple(word, word, word, word),
    fc.tuple(fc.constant(0), fc.constant(0), fc.integer({ min: 0xfffe, max: 0x10000 }), word),
  )
  const interval = fc
    .tuple(words, words)
    .map((ends) => ends.toSorted((a, b) => (number(a) < number(b) ? -1 : 1)))

  test('hold exactly what one of their intervals holds, joined as far as it goes', () => {
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 10 }),
        fc.array(words, { maxLength: 10 }),
        (intervals, others) => {
          const packer = createRangePacker()
          for (const [first, last] of intervals) packer.add(first!, last!)
          const table = packer.pack(true)
          for (const probe of [...intervals.flat(), ...others]) {
            const inside = intervals.some(
              ([first, last]) => number(first!) <= number(probe) && number(probe) <= number(last!),
            )
            expect(tableHas(table, probe)).toBe(inside)
          }
          expect(tableSize(table)).toBeLessThanOrEqual(intervals.length)
          expect(packer.added).toBe(intervals.length)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('everything is one range, IPv4 included', () => {
    const packer = createRangePacker()
    const all = 0xffffffff
    packer.add([0, 0, 0xffff, 0], [0, 0, 0xffff, 255])
    packer.add([0, 0, 0, 0], [all, all, all, all])
    const table = packer.pack()
    expect(tableSize(table)).toBe(1)
    expect(tableHas(table, [0, 0, 0xffff, 0xffffffff])).toBe(true)
  })
})
