import { addressText, isIpv4, parseAddress } from './address.ts'
import type { Address, RangeSet, Words } from './address.ts'
import { bad, good } from './parsed.ts'
import type { Parsed } from './parsed.ts'

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

const rangeOf = (words: Words, prefix: number, shown: number): AddressRange => ({
  text: `${addressText(words)}/${shown}`,
  first: words,
  last: mapWords(words, (word, index) => (word | hostBits(index, prefix)) >>> 0),
})

const prefixFault = (text: string, longest: number): string | undefined =>
  PREFIX.test(text) && Number(text) <= longest ? undefined : `the prefix length must be 0 to ${longest}`

/**
 * A CIDR block or a single address. Host bits that are set are a fault that names the block meant. `0.0.0.0/0` is
 * all of IPv4; `::/0` is everything, IPv4 included.
 */
export const parseRange = (text: string): Parsed<AddressRange> => {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined || text.includes('%')) {
    return bad('must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32')
  }
  // A mapped address in IPv6 notation counts its prefix over 128 bits, a dotted quad over 32.
  const offset = isIpv4(address) && !text.includes(':') ? 96 : 0
  const longest = 128 - offset
  if (slash < 0) return good(rangeOf(address.words, 128, isIpv4(address) ? 32 : 128))
  const fault = prefixFault(text.slice(slash + 1), longest)
  if (fault !== undefined) return bad(fault)
  const shown = Number(text.slice(slash + 1))
  const prefix = shown + offset
  const base = mapWords(address.words, (word, index) => (word & ~hostBits(index, prefix)) >>> 0)
  if (base.every((word, index) => word === address.words[index])) {
    const v4 = isIpv4(address) && prefix >= 96
    return good(rangeOf(base, prefix, v4 ? prefix - 96 : prefix))
  }
  return bad(`has bits set behind its prefix (the range is ${addressText(base)}/${shown})`)
}

const compareWords = (a: Words, b: Words): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]

const next = (words: Words): Words | undefined => {
  const result: [number, number, number, number] = [...words]
  for (let index = 3; index >= 0; index--) {
    const word = result[index] ?? 0
    if (word < 0xffffffff) {
      result[index] = word + 1
      return result
    }
    result[index] = 0
  }
  return undefined
}

const joined = (ranges: readonly AddressRange[]): { first: Words; last: Words }[] => {
  const result: { first: Words; last: Words }[] = []
  for (const { first, last } of [...ranges].sort((a, b) => compareWords(a.first, b.first))) {
    const previous = result.at(-1)
    const follower = previous && next(previous.last)
    const apart = previous === undefined || (follower !== undefined && compareWords(first, follower) > 0)
    if (apart) result.push({ first, last })
    else if (compareWords(last, previous.last) > 0) previous.last = last
  }
  return result
}

const compareAt = (table: Uint32Array, at: number, words: Words): number => {
  for (let index = 0; index < 4; index++) {
    const difference = (table[at + index] ?? 0) - (words[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Joins the ranges once; `has` then searches a flat table and allocates nothing. */
export const createRangeSet = (ranges: readonly AddressRange[]): RangeSet => {
  const disjoint = joined(ranges)
  const table = Uint32Array.from(disjoint.flatMap(({ first, last }) => [...first, ...last]))
  const has = ({ words }: Pick<Address, 'words'>): boolean => {
    let low = 0
    let high = disjoint.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareAt(table, middle * 8, words) <= 0) low = middle + 1
      else high = middle
    }
    return low > 0 && compareAt(table, low * 8 - 4, words) >= 0
  }
  return { size: disjoint.length, has }
}
