/** The seam of the room: what is counted, and how it is asked. Types only, besides the closed list of counts. */
import type { Address } from '../base/address.ts'

/** What is counted. `challenges`: shown; `refused`: answers that were judged wrong; `paths`: distinct ones. */
export const COUNTED = ['requests', 'challenges', 'refused', 'not_found', 'paths'] as const
export type Counted = (typeof COUNTED)[number]

/** One count in a sliding window. `address`: by /24 (IPv4) or /64 (IPv6); `pass`: by the pass that is shown. */
export interface RateSpec {
  readonly count: Counted
  readonly per: 'address' | 'pass'
  /** Milliseconds. */
  readonly window: number
}

/** Whom something is counted for. */
export interface Who {
  readonly address: Pick<Address, 'words'>
  /** Any text that stands for the pass that is shown; absent or undefined: counts per pass are 0. */
  readonly pass?: string | undefined
}

/** One table in shared memory. */
export interface RateTableHandle {
  readonly spec: RateSpec
  readonly memory: SharedArrayBuffer
}

/** Plain data, so that it can be handed to a worker thread. */
export interface RatesHandle {
  /** Entries of each table that was asked for; a table of paths has an eighth. */
  readonly capacity: number
  /** 64 random bits that keep visitors from being aimed at one bucket. */
  readonly seed: readonly [number, number]
  readonly tables: readonly RateTableHandle[]
}

export interface RateTableStats {
  /** `requests/address/60s`, from the configuration alone: a label of metrics. */
  readonly table: string
  /** Those with anything in their window. */
  readonly entries: number
  readonly capacity: number
  /** All memory of the table, used or not. */
  readonly bytes: number
  /** Entries with something in their window that had to make room. */
  readonly evictions: number
}

/**
 * Counts in sliding windows, for all threads of the process at once, in memory that never grows.
 *
 * Requests, challenges, refused and not_found: a window is cut into eighths, the oldest weighs as much as is left of
 * it. The answer lies between the exact counts of the last 7/8 and of the last 9/8 of the window, and stops growing
 * at 1,048,000 in one eighth. Paths: the answer is an estimate of the distinct ones in the window's last three to
 * four quarters; standard error 3 % at 1,000 (measured), 5 % at 4,000; it never says more than 7,098.
 */
export interface Rates {
  /** Nothing happens when no table counts it. `paths` are counted by `notePath`. */
  note(count: Exclude<Counted, 'paths'>, who: Who): void
  notePath(who: Who, path: string): void
  /** What was noted in the window that ends now; 0 when there is no such table. */
  of(spec: RateSpec, who: Who): number
  /** Whether a rule asks for it, so that a caller can spare itself the trouble. */
  counts(count: Counted): boolean
  stats(): readonly RateTableStats[]
  readonly handle: RatesHandle
}
