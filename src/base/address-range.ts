import { addressText, isIpv4, parseAddress } from './address.ts'
import type { RangeSet, Words } from './address.ts'
import { bad, good } from './parsed.ts'
import type { Parsed } from './parsed.ts'
import { createRangeScanner } from './range-scan.ts'
import type { ScannedRange } from './range-scan.ts'
import { createRangePacker, tableHas, tableSize } from './range-table.ts'

/** All addresses from `first` to `last`, both included. */
export interface AddressRange {
  /** As CIDR in canonical form. */
  readonly text: string
  readonly first: Words
  readonly last: Words
}

const PREFIX = /^(?:0|[1-9]\d{0,2})$/

const hostBits = (word: number, prefix: number): number => {
  const kept = Math.min(32, Math.max(0, prefix - word * 32))
  return kept === 0 ? 0xffffffff : 2 ** (32 - kept) - 1
}

const mapWords = (words: Words, change: (word: number, index: number) => number): Words => [
  change(words[0], 0),
  change(words[1], 1),
  change(words[2], 2),
  change(words[3], 3),
]

const wordsOf = (words: readonly number[]): Words => [words[0]!, words[1]!, words[2]!, words[3]!]

const rangeOf = ({ first, last, prefix }: ScannedRange): AddressRange => {
  const words = wordsOf(first)
  const shown = isIpv4({ words }) && prefix >= 96 ? prefix - 96 : prefix
  return { text: `${addressText(words)}/${shown}`, first: words, last: wordsOf(last) }
}

const prefixFault = (text: string, longest: number): string | undefined =>
  PREFIX.test(text) && Number(text) <= longest ? undefined : `the prefix length must be 0 to ${longest}`

/** The block that an address with a prefix length lies in, whatever bits stand behind the prefix. */
const blockOf = (text: string): Parsed<string> => {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined || slash < 0 || text.includes('%')) {
    return bad('must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32')
  }
  // A mapped address in IPv6 notation counts its prefix over 128 bits, a dotted quad over 32.
  const offset = isIpv4(address) && !text.includes(':') ? 96 : 0
  const fault = prefixFault(text.slice(slash + 1), 128 - offset)
  if (fault !== undefined) return bad(fault)
  const shown = Number(text.slice(slash + 1))
  const base = mapWords(address.words, (word, index) => (word & ~hostBits(index, shown + offset)) >>> 0)
  return good(`${addressText(base)}/${shown}`)
}

/** Why a text that the scanner refused is no range. */
const rangeFault = (text: string): string => {
  const block = blockOf(text)
  return block.ok ? `has bits set behind its prefix (the range is ${block.value})` : block.fault
}

/** The range that is meant by one with bits set behind its prefix; any other text as it is. */
export const withoutHostBits = (text: string): string => {
  const block = blockOf(text)
  return block.ok ? block.value : text
}

/** Parses many texts with one scanner; the results share nothing. */
export const createRangeParser = (): ((text: string) => Parsed<AddressRange>) => {
  const scanner = createRangeScanner()
  return (text) => (scanner.scanText(text) ? good(rangeOf(scanner.range)) : bad(rangeFault(text)))
}

/**
 * A CIDR block or a single address. Host bits that are set are a fault that names the block meant. `0.0.0.0/0` is
 * all of IPv4; `::/0` is everything, IPv4 included.
 */
export const parseRange = (text: string): Parsed<AddressRange> => createRangeParser()(text)

/** Joins the ranges once; `has` then searches a flat table and allocates nothing. */
export const createRangeSet = (ranges: readonly AddressRange[]): RangeSet => {
  const packer = createRangePacker()
  for (const { first, last } of ranges) packer.add(first, last)
  const table = packer.pack()
  return { size: tableSize(table), has: ({ words }) => tableHas(table, words) }
}

/** A set from texts; the fault is that of the first one that is no range. */
export const rangeSetOf = (texts: readonly string[]): Parsed<RangeSet> => {
  const parse = createRangeParser()
  const ranges: AddressRange[] = []
  for (const text of texts) {
    const range = parse(text)
    if (!range.ok) return range
    ranges.push(range.value)
  }
  return good(createRangeSet(ranges))
}
