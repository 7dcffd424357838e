import { ENTRIES, FREE, HIGH_WATER, LIVE, NEXT, PLACE, VALUE } from './layout.ts'
import { bucketOf } from './key-hash.ts'
import { extract } from './heap.ts'
import { setDeadline, slotAt } from './table.ts'
import type { Table } from './table.ts'

/** What `find` answers for a chain that leads nowhere. */
export const BROKEN = -1

/** The slot that holds the key in the chain of `bucket`, or 0, or BROKEN. */
export function find(
  table: Table,
  base: number,
  bucket: number,
  k0: number,
  k1: number,
  k2: number,
  k3: number,
): number {
  const { words, slots } = table
  let slot = words[bucket]!
  for (let steps = 0; slot !== 0; steps++) {
    if (slot < 0 || slot > slots || steps > slots) return BROKEN
    const at = slotAt(table, base, slot)
    if (words[at] === k0 && words[at + 1] === k1 && words[at + 2] === k2 && words[at + 3] === k3) return slot
    slot = words[at + NEXT]!
  }
  return 0
}

/** A slot to write to; 0 when the stripe has none. */
export function claim(table: Table, base: number): number {
  const { words } = table
  const free = words[base + FREE]!
  if (free !== 0) {
    words[base + FREE] = words[slotAt(table, base, free) + NEXT]!
    return free
  }
  const highWater = words[base + HIGH_WATER]!
  if (highWater >= table.slots) return 0
  words[base + HIGH_WATER] = highWater + 1
  return highWater + 1
}

/** Puts the slot at the head of the chain of its bucket. */
export function link(table: Table, base: number, bucket: number, slot: number): void {
  table.words[slotAt(table, base, slot) + NEXT] = table.words[bucket]!
  table.words[bucket] = slot
}

/** Takes the slot out of its chain. False when it is not there: the stripe must be repaired. */
export function unlink(table: Table, base: number, slot: number): boolean {
  const { words, slots } = table
  const at = slotAt(table, base, slot)
  let from = bucketOf(table, base, at)
  for (let steps = 0; steps <= slots; steps++) {
    const next = words[from]!
    if (next === slot) {
      words[from] = words[at + NEXT]!
      return true
    }
    if (next <= 0 || next > slots) return false
    from = slotAt(table, base, next) + NEXT
  }
  return false
}

/** Removes the entry in the slot. False when the stripe was found broken: repairing it ends the removal. */
export function remove(table: Table, base: number, slot: number): boolean {
  const { words } = table
  const at = slotAt(table, base, slot)
  const place = words[at + PLACE]!
  const live = words[base + LIVE]!
  setDeadline(table, base, slot, 0)
  if (place < 0 || place >= live || words[base + table.heapAt + place] !== slot) return false
  if (!unlink(table, base, slot)) return false
  extract(table, base, live, place)
  // A thread stopped between the next two lines leaves the sum too high; `recover` finds that.
  words[base + LIVE] = live - 1
  Atomics.sub(words, ENTRIES, 1)
  words[at + NEXT] = words[base + FREE]!
  words[base + FREE] = slot
  return true
}

export function writeKey(
  table: Table,
  base: number,
  slot: number,
  k0: number,
  k1: number,
  k2: number,
  k3: number,
): void {
  const { words } = table
  const at = slotAt(table, base, slot)
  words[at] = k0
  words[at + 1] = k1
  words[at + 2] = k2
  words[at + 3] = k3
}

/** One copy by the engine, which no thread's end can cut in two. */
export function writeValue(
  table: Table,
  base: number,
  slot: number,
  value: Uint8Array,
  valueBytes: number,
): void {
  const at = 4 * (slotAt(table, base, slot) + VALUE)
  table.bytesOf.set(value, at)
  if (value.length < valueBytes) table.bytesOf.fill(0, at + value.length, at + valueBytes)
}

export function readValue(
  table: Table,
  base: number,
  slot: number,
  into: Uint8Array,
  valueBytes: number,
): void {
  const at = 4 * (slotAt(table, base, slot) + VALUE)
  for (let byte = 0; byte < valueBytes; byte++) into[byte] = table.bytesOf[at + byte]!
}

/** First byte of the value, by which sweeps count; 0 when values have no bytes. */
export function tagOf(table: Table, base: number, slot: number, valueBytes: number): number {
  return valueBytes === 0 ? 0 : table.bytesOf[4 * (slotAt(table, base, slot) + VALUE)]!
}
