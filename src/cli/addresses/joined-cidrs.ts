import { addressText, isIpv4 } from '../../base/address.ts'
import type { Words } from '../../base/address.ts'
import type { AddressRange } from '../../base/address-range.ts'

const BITS = 128
const V4_OFFSET = 96

const numberOf = (words: Words): bigint => words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n)

const wordsOf = (value: bigint): Words => {
  const word = (index: bigint): number => Number((value >> (32n * (3n - index))) & 0xffffffffn)
  return [word(0n), word(1n), word(2n), word(3n)]
}

const cidrText = (first: bigint, prefix: number): string => {
  const words = wordsOf(first)
  const shown = isIpv4({ words }) && prefix >= V4_OFFSET ? prefix - V4_OFFSET : prefix
  return `${addressText(words)}/${shown}`
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

interface Interval {
  readonly first: bigint
  last: bigint
}

const joined = (ranges: readonly AddressRange[]): Interval[] => {
  const intervals = ranges.map(({ first, last }) => ({ first: numberOf(first), last: numberOf(last) }))
  const result: Interval[] = []
  for (const interval of intervals.sort((a, b) => compare(a.first, b.first))) {
    const previous = result.at(-1)
    if (previous === undefined || interval.first > previous.last + 1n) result.push(interval)
    else if (interval.last > previous.last) previous.last = interval.last
  }
  return result
}

/** The largest blocks that make up an interval. */
const blocksOf = ({ first, last }: Interval): string[] => {
  const blocks: string[] = []
  let start = first
  while (start <= last) {
    let host = 0
    while (host < BITS) {
      const size = 1n << BigInt(host + 1)
      if ((start & (size - 1n)) !== 0n || start + size - 1n > last) break
      host++
    }
    blocks.push(cidrText(start, BITS - host))
    start += 1n << BigInt(host)
  }
  return blocks
}

/** The same addresses as few CIDR blocks, IPv4 before IPv6, sorted. */
export const joinedCidrs = (ranges: readonly AddressRange[]): string[] => {
  const mapped = ({ first }: AddressRange): boolean => isIpv4({ words: first })
  const v4 = ranges.filter(mapped)
  const v6 = ranges.filter((range) => !mapped(range))
  return [...joined(v4), ...joined(v6)].flatMap(blocksOf)
}
