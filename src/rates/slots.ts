/** The memory of one table: buckets of eight slots, each with a ring of parts, one for each slice of the window. */
import { Lock } from '../decay-map/lock.ts'
import type { Hash } from './key-hash.ts'

export type SharedWords = Int32Array<SharedArrayBuffer>

/** What a slot remembers. */
export interface Ring {
  /** Slices of time that are kept, the running one included. */
  readonly parts: number
  /** Words of one part. */
  readonly partWords: number
}

const HEAD = 32
const EVICTIONS = 0
const WAYS = 8
/** Keys and times of a bucket's slots fill one cache line, which is all that a search reads. */
const TIMES_AT = WAYS
const RINGS_AT = 2 * WAYS

/** Words of shared memory for at least `capacity` slots. */
const bucketsFor = (capacity: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, capacity / WAYS)))
const bucketWords = ({ parts, partWords }: Ring): number => RINGS_AT + WAYS * parts * partWords

export const createSlotMemory = (capacity: number, ring: Ring): SharedArrayBuffer =>
  new SharedArrayBuffer(4 * (HEAD + bucketsFor(capacity) * (1 + bucketWords(ring))))

/** Where things lie in `words`. */
export interface Place {
  readonly key: number
  /** The slice, as a 32-bit number, in which the slot was entered last. */
  readonly time: number
  readonly ring: number
}

export interface Slots {
  readonly words: SharedWords
  readonly capacity: number
  readonly evictions: number
  /** The slot of the key, its ring ready for `slice`; makes room when it must. Valid until the next call. */
  enter(hash: Readonly<Hash>, slice: number): Place
  /** The slot of the key, or undefined. Valid until the next call; `words[key]` tells when it changed hands. */
  find(hash: Readonly<Hash>): Place | undefined
  /** Slots that were entered in the slices that are kept. */
  live(slice: number): number
}

/** @param owner Number of the thread, see `Lock`. */
export const attachSlots = (memory: SharedArrayBuffer, ring: Ring, owner: number): Slots => {
  const words: SharedWords = new Int32Array(memory)
  const lock = new Lock(words, owner)
  const { parts, partWords } = ring
  const stride = bucketWords(ring)
  const ringWords = parts * partWords
  const buckets = Math.floor((words.length - HEAD) / (1 + stride))
  const bucketsAt = HEAD + buckets

  const bucketOf = (hash: Readonly<Hash>): number => hash.bucket & (buckets - 1)
  const baseOf = (bucket: number): number => bucketsAt + bucket * stride
  // Plain reads: a key that is not seen yet is looked for again under the lock.
  const wayOf = (base: number, tag: number): number => {
    for (let way = 0; way < WAYS; way++) if (words[base + way] === tag) return way
    return -1
  }
  const ringAt = (base: number, way: number): number => base + RINGS_AT + way * ringWords
  const place = { key: 0, time: 0, ring: 0 }
  const placeAt = (base: number, way: number): Place => {
    place.key = base + way
    place.time = base + TIMES_AT + way
    place.ring = ringAt(base, way)
    return place
  }

  const clear = (from: number, many: number): void => {
    for (let at = from; at < from + many; at++) Atomics.store(words, at, 0)
  }
  const used = (at: number): number => {
    let sum = 0
    for (let word = at; word < at + ringWords; word++)
      sum += words[word] === 0 ? 0 : 1 + (words[word]! & 0xffff)
    return sum
  }
  /** A free slot, else the one entered longest ago, and of several the one that counted least. */
  const victimOf = (base: number, slice: number): number => {
    let victim = 0
    let oldest = -1
    let least = 0
    for (let way = 0; way < WAYS; way++) {
      if (words[base + way] === 0) return way
      const age = (slice - words[base + TIMES_AT + way]!) | 0
      if (age < oldest) continue
      const sum = used(ringAt(base, way))
      if (age > oldest || sum < least) {
        victim = way
        oldest = age
        least = sum
      }
    }
    if (oldest < parts) Atomics.add(words, EVICTIONS, 1)
    return victim
  }
  const claim = (base: number, tag: number, slice: number): number => {
    const way = victimOf(base, slice)
    Atomics.store(words, base + way, 0)
    clear(ringAt(base, way), ringWords)
    Atomics.store(words, base + TIMES_AT + way, slice | 0)
    Atomics.store(words, base + way, tag)
    return way
  }
  /** Clears the parts of the slices since the slot was entered; says so last, so that nobody counts before. */
  const advance = (base: number, way: number, slice: number): void => {
    const passed = (slice - Atomics.load(words, base + TIMES_AT + way)) | 0
    if (passed <= 0) return
    const at = ringAt(base, way)
    for (let back = 0; back < Math.min(passed, parts); back++) {
      clear(at + ((slice - back) % parts) * partWords, partWords)
    }
    Atomics.store(words, base + TIMES_AT + way, slice | 0)
  }
  const isCurrent = (base: number, way: number, slice: number): boolean =>
    way >= 0 && ((slice - Atomics.load(words, base + TIMES_AT + way)) | 0) <= 0

  return {
    words,
    capacity: buckets * WAYS,
    get evictions() {
      return Atomics.load(words, EVICTIONS) >>> 0
    },
    enter(hash, slice) {
      const bucket = bucketOf(hash)
      const base = baseOf(bucket)
      let way = wayOf(base, hash.tag)
      if (isCurrent(base, way, slice)) return placeAt(base, way)
      lock.acquire(HEAD + bucket)
      way = wayOf(base, hash.tag)
      if (way < 0) way = claim(base, hash.tag, slice)
      else advance(base, way, slice)
      lock.release(HEAD + bucket)
      return placeAt(base, way)
    },
    find(hash) {
      const base = baseOf(bucketOf(hash))
      const way = wayOf(base, hash.tag)
      return way < 0 ? undefined : placeAt(base, way)
    },
    live(slice) {
      let many = 0
      for (let bucket = 0; bucket < buckets; bucket++) {
        const base = baseOf(bucket)
        for (let way = 0; way < WAYS; way++) {
          if (words[base + way] !== 0 && ((slice - words[base + TIMES_AT + way]!) | 0) < parts) many++
        }
      }
      return many
    },
  }
}
