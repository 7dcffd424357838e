import type { DecayMapHandle } from './decay-map.ts'
import { CAPACITY, DEADLINE, MAP_HEADER_WORDS, VALUE_BYTES, layoutOf } from './layout.ts'
import type { Layout } from './layout.ts'

/** The shared memory seen through typed arrays, with its layout. Offsets are in words of 4 bytes. */
export interface Table extends Layout {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly doubles: Float64Array<SharedArrayBuffer>
  readonly bytesOf: Uint8Array<SharedArrayBuffer>
}

/** Throws a RangeError when the memory was made for another capacity or value size. */
export function tableOf(handle: DecayMapHandle): Table {
  const { name, capacity, valueBytes, memory } = handle
  const layout = layoutOf(capacity, valueBytes)
  const words = new Int32Array(memory)
  if (
    memory.byteLength !== layout.bytes ||
    words[CAPACITY] !== capacity ||
    words[VALUE_BYTES] !== valueBytes
  ) {
    throw new RangeError(`the memory of ${name} was made for other sizes`)
  }
  return { ...layout, words, doubles: new Float64Array(memory), bytesOf: new Uint8Array(memory) }
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
