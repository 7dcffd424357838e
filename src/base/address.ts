/** IP addresses as four 32-bit words; an IPv4 address is its IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
export interface Address {
  /** Canonical text (RFC 5952; dotted quad for IPv4). */
  readonly text: string
  readonly words: Words
}

/** 128 bits, most significant word first; each word is 0 … 2³²−1. */
export type Words = readonly [number, number, number, number]

/** Answers whether an address stands in any of its ranges, by binary search. */
export interface RangeSet {
  /** How many disjoint ranges are left after joining what overlaps or touches. */
  readonly size: number
  has(address: Pick<Address, 'words'>): boolean
}

const MAPPED = 0xffff
const DECIMAL_OCTET = /^(?:0|[1-9]\d{0,2})$/
const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/

const parseQuad = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let word = 0
  for (const part of parts) {
    if (!DECIMAL_OCTET.test(part) || Number(part) > 255) return undefined
    word = word * 256 + Number(part)
  }
  return word
}

const parseGroups = (text: string): number[] | undefined => {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) groups.push(Number.parseInt(part, 16))
    else {
      const quad = index === parts.length - 1 ? parseQuad(part) : undefined
      if (quad === undefined) return undefined
      groups.push(quad >>> 16, quad & 0xffff)
    }
  }
  return groups
}

const parseEight = (text: string): number[] | undefined => {
  const gap = text.indexOf('::')
  if (gap < 0) {
    const groups = parseGroups(text)
    return groups?.length === 8 ? groups : undefined
  }
  const headText = text.slice(0, gap)
  const head = headText.includes('.') ? undefined : parseGroups(headText)
  const tail = parseGroups(text.slice(gap + 2))
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

const wordsOfGroups = (groups: readonly number[]): Words => {
  const word = (index: number): number => (groups[index] ?? 0) * 0x10000 + (groups[index + 1] ?? 0)
  return [word(0), word(2), word(4), word(6)]
}

/** True for IPv4 addresses, written as such or IPv4-mapped. */
export const isIpv4 = ({ words }: Pick<Address, 'words'>): boolean =>
  words[0] === 0 && words[1] === 0 && words[2] === MAPPED

const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}

/** The canonical text of 128 bits: a dotted quad for IPv4-mapped ones, else RFC 5952. */
export const addressText = (words: Words): string => {
  if (isIpv4({ words })) return [24, 16, 8, 0].map((shift) => (words[3] >>> shift) & 255).join('.')
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff])
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  const run = longestZeroRun(groups)
  if (run.start < 0) return hex(groups)
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`
}

const addressOf = (words: Words): Address => ({ text: addressText(words), words })

/**
 * An IPv4 or IPv6 address in full form (no leading zeros in a dotted quad, no short forms); a zone id (`%eth0`) is
 * dropped. Brackets and ports are not understood here. Undefined when it is none.
 */
export const parseAddress = (text: string): Address | undefined => {
  if (text.length > 100) return undefined
  const quad = parseQuad(text)
  if (quad !== undefined) return addressOf([0, 0, MAPPED, quad])
  const zone = text.indexOf('%')
  if (zone === text.length - 1 && zone >= 0) return undefined
  const bare = zone < 0 ? text : text.slice(0, zone)
  const groups = bare.includes(':') ? parseEight(bare) : undefined
  return groups === undefined ? undefined : addressOf(wordsOfGroups(groups))
}
