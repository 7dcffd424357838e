import { createMonotonicClock } from '../decay-map/clock.ts'

/** The clocks of one process. */
export interface Clocks {
  /** Monotonic milliseconds, the same on all threads. */
  readonly monotonic: () => number
  /**
   * Milliseconds since 1970 as they were when the process started, carried on by the monotonic clock: stepping
   * the wall clock neither revives a challenge nor ends one, and all threads agree.
   */
  readonly anchored: () => number
}

/** What `anchored` adds to the monotonic clock; taken once and handed to every thread. */
export const takeAnchor = (): number => Date.now() - createMonotonicClock()()

export const createClocks = (anchor: number): Clocks => {
  const monotonic = createMonotonicClock()
  return { monotonic, anchored: () => Math.floor(anchor + monotonic()) }
}
