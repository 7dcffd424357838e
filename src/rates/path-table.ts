import type { RateTable } from './count-table.ts'
import { attachSlots } from './slots.ts'
import type { Ring } from './slots.ts'

const BITS = 1024
/** A bitmap for each quarter of the window. */
export const PATH_RING: Ring = { parts: 4, partWords: BITS / 32 }

const bitsIn = (word: number): number => {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Linear counting (Whang, Vander-Zanden and Taylor 1990): how many paths leave so many bits unset. */
const ESTIMATES = Array.from({ length: BITS + 1 }, (_, set) =>
  Math.round(BITS * Math.log(BITS / Math.max(1, BITS - set))),
)

/** @param window Milliseconds. */
export const attachPathTable = (memory: SharedArrayBuffer, window: number, owner: number): RateTable => {
  const slots = attachSlots(memory, PATH_RING, owner)
  const { words } = slots
  const { parts, partWords } = PATH_RING
  const width = window / parts
  return {
    capacity: slots.capacity,
    get evictions() {
      return slots.evictions
    },
    note(hash, now, path = 0) {
      const slice = Math.floor(now / width)
      const at =
        slots.enter(hash, slice).ring + (slice % parts) * partWords + ((path >>> 5) & (partWords - 1))
      const bit = 1 << (path & 31)
      if ((words[at]! & bit) === 0) Atomics.or(words, at, bit)
    },
    of(hash, now) {
      const place = slots.find(hash)
      if (place === undefined) return 0
      const { ring } = place
      const slice = Math.floor(now / width)
      const idle = Math.max(0, (slice - Atomics.load(words, place.time)) | 0)
      // Parts that were not entered since hold what is older than the window.
      const newest = slice & (parts - 1)
      const m0 = (newest & 3) < idle ? 0 : -1
      const m1 = ((newest - 1) & 3) < idle ? 0 : -1
      const m2 = ((newest - 2) & 3) < idle ? 0 : -1
      const m3 = ((newest - 3) & 3) < idle ? 0 : -1
      let set = 0
      for (let word = ring; word < ring + partWords; word++) {
        set += bitsIn(
          (words[word]! & m0) |
            (words[word + partWords]! & m1) |
            (words[word + 2 * partWords]! & m2) |
            (words[word + 3 * partWords]! & m3),
        )
      }
      return Atomics.load(words, place.key) === hash.tag ? ESTIMATES[set]! : 0
    },
    live: (now) => slots.live(Math.floor(now / width)),
  }
}
