import { performance } from 'node:perf_hooks'
import type { MonotonicClock } from './decay-map.ts'

const NANOSECONDS = 1e-6

/**
 * Milliseconds of the system's monotonic clock, the same in all threads of the process to within microseconds.
 * `performance.now()` is the cheapest monotonic reading but starts at the thread's own birth; the distance to
 * `process.hrtime`, whose origin all threads share, is measured once.
 */
export function createMonotonicClock(): MonotonicClock {
  const distance = closestDistance()
  return () => performance.now() + distance
}

/** The later a thread is interrupted between the two readings, the larger the distance: the least is right. */
function closestDistance(): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    least = Math.min(least, Number(process.hrtime.bigint()) * NANOSECONDS - start)
  }
  return least
}
