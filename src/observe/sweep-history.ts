/** The last sweep passes, for the dashboard. */
import type { GateEvent } from '../base/event.ts'
import type { SweepSnapshot } from '../protocol.ts'
import { causeOf, createTextCap } from './log-text.ts'

const MOST = 50

export interface SweepHistory {
  /** Keeps `swept` events, ignores all others. */
  onEvent(event: GateEvent): void
  /** Newest last, at most 50. */
  list(): readonly SweepSnapshot[]
}

/** @param now Wall-clock milliseconds. */
export const createSweepHistory = (now: () => number): SweepHistory => {
  const cap = createTextCap()
  let passes: readonly SweepSnapshot[] = []
  return {
    onEvent: (event) => {
      if (event.name !== 'swept') return
      const { map, result, removed, milliseconds } = event
      const cause = event.cause === undefined ? {} : { cause: causeOf(event.cause, cap, false).message }
      passes = [...passes.slice(1 - MOST), { at: now(), map, result, removed, milliseconds, ...cause }]
    },
    list: () => passes,
  }
}
