/** The seam of the heart: types only. */

/** Bytes of a key. */
export const KEY_BYTES = 16

/** How many values of the first byte are counted apart. */
export const TAGS = 8

/** Monotonic milliseconds, the same for all threads of the process (never the wall clock). */
export type MonotonicClock = () => number

/** What becomes of `add` and `set` when the map is full. */
export type AtCapacity =
  /** The entry with the least life left makes room and is counted as an eviction. `add` and `set` never fail. */
  | 'evict'
  /** The new entry is refused (`add` answers `full`; `set` throws). For what must not be forgotten. */
  | 'refuse'

/** What a map is made of; plain data, so that it can be handed to a worker thread. */
export interface DecayMapHandle {
  readonly name: string
  readonly capacity: number
  readonly valueBytes: number
  readonly atCapacity: AtCapacity
  readonly memory: SharedArrayBuffer
}

export interface DecayMapStats {
  readonly name: string
  readonly entries: number
  readonly capacity: number
  /** All memory of the map, whether used or not. */
  readonly bytes: number
  readonly evictions: number
  /** Decayed entries that were removed, by a sweep or because a new entry came in their place. */
  readonly removed: number
  /** The same by the first byte of their value; bytes from `TAGS - 1` upwards share the last number. */
  readonly removedByTag: readonly number[]
}

/** What one slice of sweeping did. */
export interface SweepSlice {
  readonly removed: number
  /** True when nothing decayed is left at the time of the slice. */
  readonly done: boolean
}

/**
 * Expiring entries in shared memory. All methods are safe from all threads of the process at once. Keys are 16
 * bytes, values `valueBytes` bytes (a shorter one is zero-padded). Lifetimes are milliseconds, finite and
 * positive. A decayed entry is never returned, swept or not.
 */
export interface DecayMap {
  readonly name: string
  readonly valueBytes: number
  /** Puts or replaces the entry. */
  set(key: Uint8Array, value: Uint8Array, lifetime: number): void
  /** Puts the entry if the key has none, in one atomic step. */
  add(key: Uint8Array, value: Uint8Array, lifetime: number): 'added' | 'present' | 'full'
  /** A copy of the value (into `into` when given), or undefined. */
  get(key: Uint8Array, into?: Uint8Array): Uint8Array | undefined
  has(key: Uint8Array): boolean
  /** Gets and removes in one atomic step: of any number of racing threads exactly one wins. */
  take(key: Uint8Array): Uint8Array | undefined
  delete(key: Uint8Array): boolean
  /** Removes at most `budget` decayed entries; no lock is held for longer than a few dozen of them. */
  sweep(budget: number): SweepSlice
  stats(): DecayMapStats
  /** Frees what a dead thread held. Call with the owner number of a thread that is known to be gone. */
  recover(owner: number): void
  readonly handle: DecayMapHandle
}
