/** One database over memory that it does not copy. */
import { Reader } from 'maxmind'
import type { Response } from 'maxmind'
import { addressText } from '../base/address.ts'
import type { Address, Words } from '../base/address.ts'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

/** Decoded parts of records that one thread keeps; they are all forgotten when there are more. */
const MOST_CACHED = 4096
const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex')
const SEPARATOR = 16
const SAMPLES = 200
/** More than enough for so many samples, and an end to a tree without leaves. */
const MOST_STEPS = 50_000
/** An IPv6 tree is 128 deep; whatever goes deeper goes in a circle. */
const DEEPEST = 128

export interface Database {
  /** The record of an address, or undefined. Never throws. */
  record(address: Address): unknown
  /** Records from all over the database, to see what it holds. */
  samples(): readonly unknown[]
}

const createCache = () => {
  const entries = new Map<string | number, unknown>()
  return {
    get: (key: string | number): unknown => entries.get(key),
    set: (key: string | number, value: unknown): void => {
      if (entries.size >= MOST_CACHED) entries.clear()
      entries.set(key, value)
    },
  }
}

/** The two records of a node: 24, 28 or 32 bits each. */
const childrenOf = (bytes: Buffer, recordSize: number, node: number): readonly [number, number] => {
  const at = (node * recordSize) / 4
  if (recordSize === 32) return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
  const right = at + recordSize / 8
  if (recordSize === 24) return [bytes.readUIntBE(at, 3), bytes.readUIntBE(right, 3)]
  const middle = bytes[at + 3] ?? 0
  return [
    ((middle >>> 4) << 24) | bytes.readUIntBE(at, 3),
    ((middle & 15) << 24) | bytes.readUIntBE(at + 4, 3),
  ]
}

const withBit = (words: Words, depth: number): Words => {
  const set = [...words]
  set[depth >>> 5] = (set[depth >>> 5]! | (1 << (31 - (depth & 31)))) >>> 0
  return [set[0]!, set[1]!, set[2]!, set[3]!]
}

/** First addresses of the first ranges that have a record. */
const leavesOf = (
  bytes: Buffer,
  { nodeCount, recordSize, ipVersion }: Reader<Response>['metadata'],
): Words[] => {
  const found: Words[] = []
  const start: Words = ipVersion === 4 ? [0, 0, 0xffff, 0] : [0, 0, 0, 0]
  const waiting: { node: number; words: Words; depth: number }[] = [
    { node: 0, words: start, depth: ipVersion === 4 ? 96 : 0 },
  ]
  for (let step = 0; step < MOST_STEPS && found.length < SAMPLES; step++) {
    const next = waiting.pop()
    if (next === undefined) break
    const { node, words, depth } = next
    if (node > nodeCount) found.push(words)
    if (node >= nodeCount || depth === DEEPEST) continue
    const [left, right] = childrenOf(bytes, recordSize, node)
    waiting.push({ node: right, words: withBit(words, depth), depth: depth + 1 })
    waiting.push({ node: left, words, depth: depth + 1 })
  }
  return found
}

/** IPv4 lies under ::/96 in the tree; the reader wants it as a dotted quad. */
const sampleText = (words: Words): string =>
  words[0] === 0 && words[1] === 0 && words[2] === 0
    ? addressText([0, 0, 0xffff, words[3]])
    : addressText(words)

const openReader = (bytes: Buffer): Reader<Response> | undefined => {
  const marker = bytes.lastIndexOf(MARKER)
  if (marker < 0) return undefined
  try {
    const reader = new Reader<Response>(bytes, { cache: createCache() })
    const { searchTreeSize, nodeCount, ipVersion } = reader.metadata
    const isWhole = nodeCount > 0 && searchTreeSize + SEPARATOR <= marker
    return isWhole && (ipVersion === 4 || ipVersion === 6) ? reader : undefined
  } catch {
    return undefined
  }
}

/** The reader's view of the memory is no copy; one thread keeps at most 4,096 decoded parts of records. */
export const openDatabase = (memory: SharedArrayBuffer): Parsed<Database> => {
  const bytes = Buffer.from(memory)
  const reader = openReader(bytes)
  if (reader === undefined) return bad('is no database in the MaxMind DB format, or not a whole one')
  const isV4Only = reader.metadata.ipVersion === 4
  const get = (text: string): unknown => {
    try {
      return isV4Only && text.includes(':') ? undefined : (reader.get(text) ?? undefined)
    } catch {
      return undefined
    }
  }
  return good({
    record: ({ text }) => get(text),
    samples: () => leavesOf(bytes, reader.metadata).map((words) => get(sampleText(words))),
  })
}
