import { PLACE } from './layout.ts'
import { deadlineOf, slotAt } from './table.ts'
import type { Table } from './table.ts'

/** Four children share a parent: half as many levels to write as with two. */
const SHIFT = 2

/** Moves `slot` from place `at` towards the root until its parent ends no later. */
export function rise(table: Table, base: number, at: number, slot: number, deadline: number): void {
  const heap = base + table.heapAt
  let place = at
  while (place > 0) {
    const above = (place - 1) >> SHIFT
    const parent = table.words[heap + above]!
    if (deadlineOf(table, base, parent) <= deadline) break
    put(table, base, place, parent)
    place = above
  }
  put(table, base, place, slot)
}

/** Moves `slot` from place `at` away from the root of a heap of `size` until no child ends earlier. */
export function sink(
  table: Table,
  base: number,
  size: number,
  at: number,
  slot: number,
  deadline: number,
): void {
  const heap = base + table.heapAt
  let place = at
  for (let child = (place << SHIFT) + 1; child < size; child = (place << SHIFT) + 1) {
    const end = Math.min(child + (1 << SHIFT), size)
    let least = child
    let leastDeadline = deadlineOf(table, base, table.words[heap + child]!)
    for (let other = child + 1; other < end; other++) {
      const otherDeadline = deadlineOf(table, base, table.words[heap + other]!)
      if (otherDeadline < leastDeadline) {
        least = other
        leastDeadline = otherDeadline
      }
    }
    if (leastDeadline >= deadline) break
    put(table, base, place, table.words[heap + least]!)
    place = least
  }
  put(table, base, place, slot)
}

/** Puts `slot`, whose deadline has changed, where it belongs. */
export function settle(
  table: Table,
  base: number,
  size: number,
  at: number,
  slot: number,
  deadline: number,
): void {
  const parent = table.words[base + table.heapAt + ((at - 1) >> SHIFT)]!
  if (at > 0 && deadlineOf(table, base, parent) > deadline) rise(table, base, at, slot, deadline)
  else sink(table, base, size, at, slot, deadline)
}

/** Takes the slot at place `at` out of a heap of `size`: the last one fills its place. */
export function extract(table: Table, base: number, size: number, at: number): void {
  const last = table.words[base + table.heapAt + size - 1]!
  if (at === size - 1) return
  settle(table, base, size - 1, at, last, deadlineOf(table, base, last))
}

/** Makes a heap of the first `size` places, whatever their order. */
export function heapify(table: Table, base: number, size: number): void {
  for (let place = size - 1; place >= 0; place--) {
    const slot = table.words[base + table.heapAt + place]!
    sink(table, base, size, place, slot, deadlineOf(table, base, slot))
  }
}

function put(table: Table, base: number, place: number, slot: number): void {
  table.words[base + table.heapAt + place] = slot
  table.words[slotAt(table, base, slot) + PLACE] = place
}
