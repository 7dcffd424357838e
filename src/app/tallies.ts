import type { GateEvent } from '../base/event.ts'
import { createTallyMemory, MAIN_ROW, tallyLayoutOf, type TallySource } from '../observe/tally-layout.ts'
import { mergeReadings } from '../observe/tally-merge.ts'
import { readTally, type TallyReading } from '../observe/tally-reading.ts'
import { createTally } from '../observe/tally.ts'
import type { TallyHandle } from './thread-message.ts'

/**
 * How many tallies are still counted in after a reload has laid out a new one, for requests that began before it.
 * What happens to a request that is older still is counted by the newest tally.
 */
export const LIVE_TALLIES = 8

/** The counters of the process over all reloads. */
export interface Tallies {
  /** What is counted in now. */
  readonly current: TallyHandle
  /** Counts an event of the main thread. */
  record(event: GateEvent): void
  /** Everything counted since the start; no counter ever goes back. */
  read(): TallyReading
  /** A tally for these names: the current one when they are the same. Changes nothing yet. */
  layOut(source: TallySource): TallyHandle
  adopt(next: TallyHandle): void
}

const isSame = (a: TallyHandle['layout'], b: TallyHandle['layout']): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

export const createTallies = (parts: {
  readonly source: TallySource
  /** One for each thread, the main one included. */
  readonly rows: number
  readonly now: () => number
}): Tallies => {
  const fresh = (source: TallySource): TallyHandle => {
    const layout = tallyLayoutOf(source)
    return { layout, memory: createTallyMemory(layout, parts.rows) }
  }
  const mine = (handle: TallyHandle) => createTally({ ...handle, row: MAIN_ROW, now: parts.now })
  let current = fresh(parts.source)
  let tally = mine(current)
  let live: readonly TallyHandle[] = []
  let past: TallyReading | undefined
  const withPast = (reading: TallyReading): TallyReading =>
    past === undefined ? reading : mergeReadings(past, reading)

  return {
    get current() {
      return current
    },
    record: (event) => tally.record(event),
    read() {
      const [first, ...rest] = [...live, current]
      return rest.reduce((sum, handle) => mergeReadings(sum, readTally(handle)), withPast(readTally(first)))
    },
    layOut(source) {
      const next = fresh(source)
      return isSame(next.layout, current.layout) ? current : next
    },
    adopt(next) {
      if (next === current) return
      live = [...live, current]
      current = next
      tally = mine(next)
      if (live.length <= LIVE_TALLIES) return
      past = withPast(readTally(live[0]!))
      live = live.slice(1)
    },
  }
}
