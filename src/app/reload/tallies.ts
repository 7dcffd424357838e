import type { GateEvent } from '../../base/event.ts'
import { createTallyMemory, MAIN_ROW, tallyLayoutOf, type TallySource } from '../../observe/tally-layout.ts'
import { mergeReadings } from '../../observe/tally-merge.ts'
import { readTally, type TallyReading } from '../../observe/tally-reading.ts'
import { createTally } from '../../observe/tally.ts'
import type { TallyHandle } from '../thread-message.ts'

/**
 * How many tallies are still counted in after a reload has laid out a new one, for requests that began before it.
 * What happens to a request that is older still is counted by the newest tally.
 */
export const LIVE_TALLIES = 8

/** The counters of the process over all reloads. */
export interface Tallies {
  /** Counts an event of the main thread. */
  record(event: GateEvent): void
  /** Everything counted since the start; no counter ever goes back. */
  read(): TallyReading
  /** Counts in another tally from now on. */
  adopt(next: TallyHandle): void
}

/**
 * A tally for these names: the one before when they are the same.
 *
 * @param rows One for each thread, the main one included.
 */
export const layOutTally = (
  source: TallySource,
  rows: number,
  before: TallyHandle | undefined,
): TallyHandle => {
  const layout = tallyLayoutOf(source)
  const isSame = before !== undefined && JSON.stringify(before.layout) === JSON.stringify(layout)
  return isSame ? before : { layout, memory: createTallyMemory(layout, rows) }
}

const merged = (past: TallyReading | undefined, reading: TallyReading): TallyReading =>
  past === undefined ? reading : mergeReadings(past, reading)

export const createTallies = (parts: {
  readonly first: TallyHandle
  readonly now: () => number
}): Tallies => {
  const mine = (handle: TallyHandle) => createTally({ ...handle, row: MAIN_ROW, now: parts.now })
  let current = parts.first
  let tally = mine(current)
  let live: readonly TallyHandle[] = []
  let past: TallyReading | undefined

  return {
    record: (event) => tally.record(event),
    read() {
      const older = live.reduce<TallyReading | undefined>(
        (sum, handle) => merged(sum, readTally(handle)),
        past,
      )
      return merged(older, readTally(current))
    },
    adopt(next) {
      if (next === current) return
      live = [...live, current]
      current = next
      tally = mine(next)
      if (live.length <= LIVE_TALLIES) return
      past = merged(past, readTally(live[0]!))
      live = live.slice(1)
    },
  }
}
