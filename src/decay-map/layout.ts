import { KEY_BYTES } from './decay-map.ts'

/** Words at the start of the memory, before the first stripe. A word is 4 bytes. */
export const MAP_HEADER_WORDS = 32
/** The number of entries in all stripes; never above the capacity. */
export const ENTRIES = 0
/** What the memory was made for, so that a handle which says otherwise is noticed. */
export const CAPACITY = 1
export const VALUE_BYTES = 2
/** Four random words that keep keys from being aimed at one bucket. */
export const SEED = 4

/** Words at the start of each stripe: two cache lines, so that locks of neighbours do not share one. */
export const STRIPE_HEADER_WORDS = 32
/** 0 when free, else ticket and owner number of the holder. */
export const LOCK = 0
/** Entries of the stripe, and so the size of its heap. */
export const LIVE = 1
/** First slot of the list of freed slots, 0 when there is none. */
export const FREE = 2
/** Slots that have ever been used; those above are untouched memory. */
export const HIGH_WATER = 3
/** Counters as 64-bit floats, by word. */
export const EVICTIONS = 4
/** Removed entries by the first byte of their value, one 64-bit float for each of `TAGS` values. */
export const REMOVED = 6

/** Words of a slot: the key, its deadline (64-bit float, 0 = no entry), chain, place in the heap, value. */
export const DEADLINE = KEY_BYTES / 4
export const NEXT = DEADLINE + 2
export const PLACE = NEXT + 1
export const VALUE = PLACE + 1

const SMALLEST_STRIPE = 8192
const MOST_STRIPES = 256
const LINE_WORDS = 16

/** Where everything lies; follows from capacity and value size alone, so every thread derives the same. */
export interface Layout {
  readonly stripes: number
  /** Slots of one stripe, numbered from 1: slot 0 is never used, so that 0 can mean "none". */
  readonly slots: number
  /** Words of one slot. */
  readonly slotWords: number
  /** Words of one stripe. */
  readonly stripeWords: number
  /** Offsets in a stripe, in words. There are as many buckets as slots. */
  readonly bucketsAt: number
  readonly heapAt: number
  readonly slotsAt: number
  readonly bytes: number
}

export function layoutOf(capacity: number, valueBytes: number): Layout {
  const stripes = stripesFor(capacity)
  const slots = slotsFor(capacity, stripes)
  const slotWords = VALUE + 2 * Math.ceil(valueBytes / 8)
  const bucketsAt = STRIPE_HEADER_WORDS
  const heapAt = bucketsAt + slots
  const slotsAt = evenly(heapAt + slots, 2)
  const stripeWords = evenly(slotsAt + (slots + 1) * slotWords, LINE_WORDS)
  const bytes = 4 * (MAP_HEADER_WORDS + stripes * stripeWords)
  return { stripes, slots, slotWords, stripeWords, bucketsAt, heapAt, slotsAt, bytes }
}

/** A small map is one stripe: its order of making room is then exact. */
function stripesFor(capacity: number): number {
  if (capacity < 2 * SMALLEST_STRIPE) return 1
  return Math.min(MOST_STRIPES, 2 ** Math.floor(Math.log2(capacity / SMALLEST_STRIPE)))
}

/** Hashing fills stripes unevenly: six standard deviations above the mean never run out in practice. */
function slotsFor(capacity: number, stripes: number): number {
  if (stripes === 1) return capacity
  const mean = capacity / stripes
  return Math.ceil(mean + 6 * Math.sqrt(mean))
}

function evenly(words: number, unit: number): number {
  return Math.ceil(words / unit) * unit
}
