import type { DecayMapHandle } from './decay-map.ts'
import { DEADLINE, MAP_HEADER_WORDS, layoutOf } from './layout.ts'
import type { Layout } from './layout.ts'

/** The shared memory seen through typed arrays, with its layout. Offsets are in words of 4 bytes. */
export interface Table extends Layout {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly doubles: Float64Array<SharedArrayBuffer>
  readonly bytesOf: Uint8Array<SharedArrayBuffer>
}

export function tableOf(handle: DecayMapHandle): Table {
  const layout = layoutOf(handle.capacity, handle.valueBytes)
  if (handle.memory.byteLength !== layout.bytes)
    throw new RangeError(`memory of ${handle.name} has another size`)
  return {
    ...layout,
    words: new Int32Array(handle.memory),
    doubles: new Float64Array(handle.memory),
    bytesOf: new Uint8Array(handle.memory),
  }
}

/** First word of a stripe. */
export function stripeAt(table: Table, stripe: number): number {
  return MAP_HEADER_WORDS + stripe * table.stripeWords
}

/** First word of a slot in the stripe at `base`. */
export function slotAt(table: Table, base: number, slot: number): number {
  return base + table.slotsAt + slot * table.slotWords
}

/** Deadline of a slot; 0 when the slot holds no entry. */
export function deadlineOf(table: Table, base: number, slot: number): number {
  return table.doubles[(slotAt(table, base, slot) + DEADLINE) >>> 1]!
}

export function setDeadline(table: Table, base: number, slot: number, deadline: number): void {
  table.doubles[(slotAt(table, base, slot) + DEADLINE) >>> 1] = deadline
}

/** Raises one of the stripe's 64-bit counters. */
export function count(table: Table, base: number, counter: number): void {
  table.doubles[(base + counter) >>> 1]! += 1
}
