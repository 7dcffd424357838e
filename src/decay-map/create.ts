import { getRandomValues } from 'node:crypto'
import { createMonotonicClock } from './clock.ts'
import type { AtCapacity, DecayMap, DecayMapHandle, MonotonicClock } from './decay-map.ts'
import { CAPACITY, SEED, VALUE_BYTES, layoutOf } from './layout.ts'
import { SharedMap } from './shared-map.ts'

const SEED_WORDS = 4
const MOST_OWNERS = 255
const LARGEST_CAPACITY = 2 ** 26
const LARGEST_VALUE = 4096

export interface DecayMapOptions {
  /** Label in metrics. */
  readonly name: string
  /** Entries, 1 … 67,108,864. Their memory is reserved now and used as they come. */
  readonly capacity: number
  /** Bytes of a value, 0 … 4096; multiples of 8 waste nothing. */
  readonly valueBytes: number
  readonly atCapacity: AtCapacity
  /** Never negative; the system's monotonic clock unless a test drives its own. */
  readonly clock?: MonotonicClock
  /** Number of the creating thread, 1 unless said otherwise. */
  readonly owner?: number
}

export interface AttachParts {
  /** 1 … 255, one for each thread that uses the map; reused only after `recover`. */
  readonly owner: number
  readonly clock?: MonotonicClock
}

/** Makes an empty map in new shared memory. Throws a RangeError for sizes that cannot be. */
export function createDecayMap(options: DecayMapOptions): DecayMap {
  const { name, capacity, valueBytes, atCapacity } = options
  checkWhole('capacity', capacity, 1, LARGEST_CAPACITY)
  checkWhole('valueBytes', valueBytes, 0, LARGEST_VALUE)
  const memory = new SharedArrayBuffer(layoutOf(capacity, valueBytes).bytes)
  const words = new Int32Array(memory)
  words[CAPACITY] = capacity
  words[VALUE_BYTES] = valueBytes
  words.set(getRandomValues(new Int32Array(SEED_WORDS)), SEED)
  const { owner = 1, clock = createMonotonicClock() } = options
  return attachDecayMap({ name, capacity, valueBytes, atCapacity, memory }, { owner, clock })
}

/** The same map for another thread, from the handle posted to it. */
export function attachDecayMap(handle: DecayMapHandle, parts: AttachParts): DecayMap {
  checkWhole('owner', parts.owner, 1, MOST_OWNERS)
  return new SharedMap(handle, parts.owner, parts.clock ?? createMonotonicClock())
}

function checkWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${what} must be a whole number from ${least} to ${most}, not ${value}`)
}
