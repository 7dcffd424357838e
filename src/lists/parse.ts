/** The body of a list → one packed table. */
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { createRangeScanner } from '../base/range-scan.ts'
import type { RangeScanner, ScannedRange } from '../base/range-scan.ts'
import { createRangePacker } from '../base/range-table.ts'
import type { RangePacker, RangeTable } from '../base/range-table.ts'

export type ListFormat = 'auto' | 'lines' | 'json'

export interface ParsedList {
  /** In shared memory. */
  readonly table: RangeTable
  readonly entries: number
  /** Lines that are neither an address, a range nor a comment; at most 1 %. */
  readonly malformed: number
}

export interface ListLimits {
  readonly format: ListFormat
  readonly maxEntries: number
}

const MOST_MALFORMED = 0.01
const DEEPEST_JSON = 32
const NEWLINE = 10
const RETURN = 13
const HASH = 35
const SEMICOLON = 59
const BRACE = 123
const BRACKET = 91
const IPV4_OFFSET = 96
const MULTICAST = 0xe0000000
const UNICAST_FIRST = 0x20000000
const UNICAST_LAST = 0x3fffffff

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === RETURN
const isComment = (byte: number): boolean => byte === HASH || byte === SEMICOLON

/**
 * A range that holds a good part of all visitors is a slip of whoever keeps the list, or worse: an eighth of IPv4 and
 * more, or all of the global unicast addresses of IPv6 (2000::/3).
 */
const isTooWide = ({ first, last, prefix }: ScannedRange): boolean => {
  if (first[0] === 0 && first[1] === 0 && first[2] === 0xffff && prefix >= IPV4_OFFSET) {
    return prefix < IPV4_OFFSET + 3 || (prefix === IPV4_OFFSET + 3 && first[3]! < MULTICAST)
  }
  return first[0]! <= UNICAST_FIRST && last[0]! >= UNICAST_LAST
}

/** What is being collected; `fault` ends it. */
interface Collected {
  readonly packer: RangePacker
  readonly scanner: RangeScanner
  readonly most: number
  malformed: number
  fault: string | undefined
}

const take = (collected: Collected): void => {
  const { packer, most } = collected
  const { range } = collected.scanner
  if (isTooWide(range)) collected.fault = 'has a range that holds too much of all addresses'
  else if (packer.added >= most) collected.fault = `has more than ${most} entries`
  else packer.add(range.first, range.last)
}

/** From `start` to the first blank or comment; what stands behind it must be a comment. */
const takeLine = (collected: Collected, body: Uint8Array, start: number, end: number): void => {
  let from = start
  while (from < end && isBlank(body[from]!)) from++
  if (from === end || isComment(body[from]!)) return
  let to = from
  while (to < end && !isBlank(body[to]!) && !isComment(body[to]!)) to++
  let rest = to
  while (rest < end && isBlank(body[rest]!)) rest++
  const isAlone = rest === end || isComment(body[rest]!)
  if (isAlone && collected.scanner.scan(body, from, to)) take(collected)
  else collected.malformed++
}

const takeLines = (collected: Collected, body: Uint8Array): void => {
  for (let start = 0; start < body.length && collected.fault === undefined;) {
    const newline = body.indexOf(NEWLINE, start)
    const end = newline < 0 ? body.length : newline
    takeLine(collected, body, start, end)
    start = end + 1
  }
}

/** Every text that is an address or a range; what else stands in the document does not matter. */
const takeValue = (collected: Collected, value: unknown, depth: number): void => {
  if (collected.fault !== undefined) return
  if (typeof value === 'string') {
    if (collected.scanner.scanText(value)) take(collected)
  } else if (typeof value === 'object' && value !== null) {
    if (depth === DEEPEST_JSON) collected.fault = `is nested deeper than ${DEEPEST_JSON} levels`
    else for (const inner of Object.values(value)) takeValue(collected, inner, depth + 1)
  }
}

const takeJson = (collected: Collected, body: Uint8Array): void => {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder().decode(body))
  } catch {
    collected.fault = 'is not whole JSON'
    return
  }
  takeValue(collected, document, 0)
}

const looksLikeJson = (body: Uint8Array): boolean => {
  const at = body.findIndex((byte) => !isBlank(byte) && byte !== NEWLINE)
  return body[at] === BRACE || body[at] === BRACKET
}

const withoutMark = (body: Uint8Array): Uint8Array =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

/** The faults stand after the name of the list: `has more than …`. A million lines take well under a second. */
export const parseList = (raw: Uint8Array, { format, maxEntries }: ListLimits): Parsed<ParsedList> => {
  const body = withoutMark(raw)
  const collected: Collected = {
    packer: createRangePacker(),
    scanner: createRangeScanner(),
    most: maxEntries,
    malformed: 0,
    fault: undefined,
  }
  if (format === 'json' || (format === 'auto' && looksLikeJson(body))) takeJson(collected, body)
  else takeLines(collected, body)
  const { packer, malformed, fault } = collected
  if (fault !== undefined) return bad(fault)
  const entries = packer.added
  if (malformed > (entries + malformed) * MOST_MALFORMED) {
    return bad(`has ${malformed} lines that are no address and no range, and ${entries} that are`)
  }
  return good({ table: packer.pack(true), entries, malformed })
}
