import type { OnEvent } from '../base/event.ts'
import { createSweeper, type Sweeper, type SweepReport } from '../decay-map/sweeper.ts'
import { createAbandonedCount } from './abandoned.ts'
import { listOf, type Maps } from './maps.ts'

/** Keeps the maps clean; how often may change while it runs. */
export interface Sweeping extends AsyncDisposable {
  /** Milliseconds between two passes. */
  setInterval(interval: number): Promise<void>
}

export const startSweeping = (parts: {
  readonly maps: Maps
  readonly interval: number
  readonly onEvent: OnEvent
}): Sweeping => {
  const { maps, onEvent } = parts
  const tellAbandoned = createAbandonedCount(maps.challenges, onEvent)
  const onSweep = (report: SweepReport): void => {
    onEvent({ name: 'swept', ...report })
    if (report.map === maps.challenges.name) tellAbandoned()
  }
  const start = (interval: number): Sweeper => createSweeper({ maps: listOf(maps), interval, onSweep })
  let now = parts.interval
  let sweeper = start(now)
  return {
    async setInterval(interval) {
      if (interval === now) return
      now = interval
      const old = sweeper
      sweeper = start(interval)
      await old[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => sweeper[Symbol.asyncDispose](),
  }
}
