/** Counts what happens in one thread: plain increments in that thread's own row of shared memory. */
import { ACTIONS, CHALLENGE_STEPS, PASS_RESULTS, RULE_RESULTS, UPSTREAM_FAULTS } from '../base/event.ts'
import type { DecidedEvent, GateEvent, SweptEvent } from '../base/event.ts'
import type { MonotonicClock } from '../decay-map/decay-map.ts'
import {
  LOOP_FIELDS,
  OTHER,
  RELOAD_FIELDS,
  rowOf,
  SOLVE_BUCKETS,
  SWEEP_BUCKETS,
  SWEEP_FIELDS,
  UPSTREAM_BUCKETS,
} from './tally-layout.ts'
import type { TallyLayout } from './tally-layout.ts'

/** Seconds that the event loop was late. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Tally {
  /** Counts one event. Never throws, allocates nothing. */
  record(event: GateEvent): void
  /** Replaces the event-loop delay of this thread. */
  setLoopDelay(delay: LoopDelay): void
}

export interface TallyParts {
  readonly layout: TallyLayout
  readonly memory: SharedArrayBuffer
  /** Written by this thread alone. A replaced worker goes on in its predecessor's row. */
  readonly row: number
  /** Dates the last good sweep. */
  readonly now: MonotonicClock
}

const indexOf = (names: readonly string[]): ((name: string) => number) => {
  const positions = new Map(names.map((name, index) => [name, index]))
  const other = positions.get(OTHER) ?? 0
  return (name) => positions.get(name) ?? other
}

/** First cell of the site's rule, counted from `first` in steps of `width`; unknown names fall to `other`. */
const ruleCells = (
  layout: TallyLayout,
  first: 'at' | 'marks',
  width: number,
): ((site: string, rule: string) => number) => {
  const cellsOf = layout.sites.map((site) => ({
    name: site.name,
    rules: new Map(site.rules.map((rule, index) => [rule, site[first] + index * width])),
  }))
  const sites = new Map(cellsOf.map((site) => [site.name, site.rules]))
  const others = sites.get(OTHER) ?? new Map<string, number>()
  return (site, rule) => {
    const rules = sites.get(site) ?? others
    return rules.get(rule) ?? rules.get(OTHER) ?? 0
  }
}

/** The tally of one thread. */
export const createTally = ({ layout, memory, row, now }: TallyParts): Tally => {
  const cells = rowOf(layout, memory, row)
  const ruleCell = ruleCells(layout, 'at', ACTIONS.length)
  const markCell = ruleCells(layout, 'marks', RULE_RESULTS.length)
  const actionIndex = indexOf(ACTIONS)
  const kindIndex = indexOf(layout.kinds)
  const stepIndex = indexOf(CHALLENGE_STEPS)
  const passIndex = indexOf(PASS_RESULTS)
  const resultIndex = indexOf(RULE_RESULTS)
  const faultIndex = indexOf(UPSTREAM_FAULTS)
  const mapIndex = indexOf(layout.maps)

  const add = (cell: number, by: number): void => {
    cells[cell]! += by
  }
  const observe = (at: number, buckets: readonly number[], milliseconds: number): void => {
    const seconds = milliseconds / 1000
    if (!(seconds >= 0)) return
    let bucket = 0
    while (bucket < buckets.length && seconds > buckets[bucket]!) bucket += 1
    add(at + bucket, 1)
    add(at + buckets.length + 1, seconds)
  }
  const decided = ({ site, rule, action, marks }: DecidedEvent): void => {
    add(ruleCell(site, rule) + actionIndex(action), 1)
    if (marks === undefined) return
    for (const mark of marks) add(markCell(site, mark.rule) + resultIndex(mark.what), 1)
  }
  const swept = (event: SweptEvent): void => {
    const at = layout.sweeps + mapIndex(event.map) * layout.sweepCells
    add(at + SWEEP_FIELDS[event.result], 1)
    add(at + SWEEP_FIELDS.removed, event.removed)
    if (event.result === 'ok') cells[at + SWEEP_FIELDS.goodAt] = now()
    observe(at + SWEEP_FIELDS.seconds, SWEEP_BUCKETS, event.milliseconds)
  }

  return {
    record: (event) => {
      switch (event.name) {
        case 'decided':
          return decided(event)
        case 'pass':
          return add(layout.passes + passIndex(event.result), 1)
        case 'upstream-answered':
          return observe(layout.upstream, UPSTREAM_BUCKETS, event.milliseconds)
        case 'challenge': {
          const kind = layout.challenges + kindIndex(event.kind) * CHALLENGE_STEPS.length
          add(kind + stepIndex(event.step), event.count)
          if (event.milliseconds !== undefined) observe(layout.solve, SOLVE_BUCKETS, event.milliseconds)
          return
        }
        case 'swept':
          return swept(event)
        case 'upstream-failed':
          return add(layout.upstreamFaults + faultIndex(event.code), 1)
        case 'reloaded':
          return add(layout.reloads + RELOAD_FIELDS[event.result], 1)
        case 'faulted':
        case 'worker':
        case 'notice':
          return
      }
    },
    setLoopDelay: (delay) => {
      cells[layout.loop + LOOP_FIELDS.p50] = delay.p50
      cells[layout.loop + LOOP_FIELDS.p99] = delay.p99
      cells[layout.loop + LOOP_FIELDS.max] = delay.max
    },
  }
}
