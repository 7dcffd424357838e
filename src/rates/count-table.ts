import type { Hash } from './key-hash.ts'
import { attachSlots } from './slots.ts'
import type { Ring } from './slots.ts'

/** One counter for each eighth of the window, and one for the eighth that is on its way out. */
export const COUNT_RING: Ring = { parts: 9, partWords: 1 }
const FULL = 8
const MOST = 1_048_000

/** What both kinds of tables do. */
export interface RateTable {
  note(hash: Readonly<Hash>, now: number, path?: number): void
  of(hash: Readonly<Hash>, now: number): number
  live(now: number): number
  readonly capacity: number
  readonly evictions: number
}

/** @param window Milliseconds. */
export const attachCountTable = (memory: SharedArrayBuffer, window: number, owner: number): RateTable => {
  const slots = attachSlots(memory, COUNT_RING, owner)
  const { words } = slots
  const { parts } = COUNT_RING
  const width = window / FULL
  return {
    capacity: slots.capacity,
    get evictions() {
      return slots.evictions
    },
    note(hash, now) {
      const slice = Math.floor(now / width)
      const at = slots.enter(hash, slice).ring + (slice % parts)
      if (words[at]! < MOST) Atomics.add(words, at, 1)
    },
    of(hash, now) {
      const place = slots.find(hash)
      if (place === undefined) return 0
      const { ring } = place
      const exact = now / width
      const slice = Math.floor(exact)
      const idle = Math.max(0, (slice - Atomics.load(words, place.time)) | 0)
      if (idle > FULL) return 0
      const newest = slice % parts
      let sum = 0
      for (let back = idle; back < FULL; back++) {
        sum += words[ring + (back > newest ? newest + parts : newest) - back]!
      }
      const leaving = words[ring + ((newest + 1) % parts)]!
      const isMine = Atomics.load(words, place.key) === hash.tag
      return isMine ? sum + Math.floor(leaving * (1 - (exact - slice))) : 0
    },
    live: (now) => slots.live(Math.floor(now / width)),
  }
}
