import { heapify } from './heap.ts'
import { bucketOf } from './key-hash.ts'
import { ENTRIES, FREE, HIGH_WATER, LIVE, NEXT } from './layout.ts'
import { deadlineOf, slotAt } from './table.ts'
import type { Table } from './table.ts'

/**
 * Builds chains, heap and free list of a locked stripe anew from its slots. A slot's deadline is written last
 * when an entry comes and cleared first when it goes, so the slots are right wherever their writer stopped.
 */
export function repair(table: Table, base: number): void {
  table.words.fill(0, base + table.bucketsAt, base + table.bucketsAt + table.slots)
  const highWater = Math.min(Math.max(0, table.words[base + HIGH_WATER]!), table.slots)
  let live = 0
  let free = 0
  for (let slot = highWater; slot >= 1; slot--) {
    const at = slotAt(table, base, slot)
    if (deadlineOf(table, base, slot) > 0) {
      const bucket = bucketOf(table, base, at)
      table.words[at + NEXT] = table.words[bucket]!
      table.words[bucket] = slot
      table.words[base + table.heapAt + live++] = slot
    } else {
      table.words[at + NEXT] = free
      free = slot
    }
  }
  heapify(table, base, live)
  table.words[base + FREE] = free
  table.words[base + HIGH_WATER] = highWater
  // A thread stopped between the next two lines leaves the sum too high; `recover` finds that.
  const before = table.words[base + LIVE]!
  table.words[base + LIVE] = live
  Atomics.add(table.words, ENTRIES, live - before)
}
