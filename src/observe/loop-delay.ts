/** Measures how late the event loop of this thread runs. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Tally } from './tally.ts'

const RESOLUTION_MS = 20
const NANOSECONDS = 1e9

/** Puts the delay of the last period into the tally, again and again, until it is disposed. */
export const watchLoopDelay = (tally: Pick<Tally, 'setLoopDelay'>, periodMs = 5000): Disposable => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  // The histogram holds the whole time between two ticks of its timer, so the period itself goes off.
  const seconds = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000)
  histogram.enable()
  const timer = setInterval(() => {
    if (histogram.count === 0) return
    tally.setLoopDelay({
      p50: seconds(histogram.percentile(50)),
      p99: seconds(histogram.percentile(99)),
      max: seconds(histogram.max),
    })
    histogram.reset()
  }, periodMs)
  timer.unref()
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer)
      histogram.disable()
    },
  }
}
