/** What all threads counted, summed by the main thread when somebody asks. */
import { ACTIONS, CHALLENGE_STEPS, PASS_RESULTS, RULE_RESULTS, UPSTREAM_FAULTS } from '../base/event.ts'
import type { Action, ChallengeStep, PassResult, RuleResult, UpstreamFault } from '../base/event.ts'
import type { LoopDelay } from './tally.ts'
import {
  histogramCells,
  LOOP_FIELDS,
  RELOAD_FIELDS,
  rowOf,
  rowsOf,
  SOLVE_BUCKETS,
  SWEEP_BUCKETS,
  SWEEP_FIELDS,
  UPSTREAM_BUCKETS,
} from './tally-layout.ts'
import type { TallyLayout } from './tally-layout.ts'

export interface HistogramReading {
  /** Upper bounds in seconds. */
  readonly bounds: readonly number[]
  /** Observations of each bucket alone; the last is above all bounds. */
  readonly counts: readonly number[]
  /** Seconds. */
  readonly sum: number
}

export interface SweepReading {
  readonly map: string
  readonly ok: number
  readonly failed: number
  readonly removed: number
  /** Monotonic milliseconds; null before the first good pass. */
  readonly goodAt: number | null
  readonly seconds: HistogramReading
}

export interface RowReading {
  readonly requests: number
  readonly loop: LoopDelay
}

export interface TallyReading {
  /** Only what happened at least once: a long policy times many sites is a long table of zeros. */
  readonly requests: readonly {
    readonly site: string
    readonly action: Action
    readonly rule: string
    readonly count: number
  }[]
  /** What rules did on the way to a decision; only what happened at least once. */
  readonly ruleResults: readonly {
    readonly site: string
    readonly rule: string
    readonly result: RuleResult
    readonly count: number
  }[]
  readonly challenges: readonly {
    readonly kind: string
    readonly step: ChallengeStep
    readonly count: number
  }[]
  readonly passes: readonly { readonly result: PassResult; readonly count: number }[]
  readonly upstreamFaults: readonly { readonly code: UpstreamFault; readonly count: number }[]
  readonly reloads: readonly { readonly result: 'ok' | 'failed'; readonly count: number }[]
  readonly solve: HistogramReading
  readonly upstream: HistogramReading
  readonly sweeps: readonly SweepReading[]
  /** By row: the main thread first. */
  readonly rows: readonly RowReading[]
}

const histogramOf = (cells: Float64Array, at: number, bounds: readonly number[]): HistogramReading => ({
  bounds,
  counts: Array.from(cells.subarray(at, at + bounds.length + 1)),
  sum: cells[at + histogramCells(bounds) - 1]!,
})

const sumOf = (rows: readonly Float64Array[], length: number): Float64Array => {
  const total = new Float64Array(length)
  for (const row of rows) for (let cell = 0; cell < length; cell += 1) total[cell]! += row[cell]!
  return total
}

const requestsOf = (layout: TallyLayout, cells: Float64Array): TallyReading['requests'] =>
  layout.sites.flatMap((site) =>
    site.rules.flatMap((rule, r) =>
      ACTIONS.flatMap((action, a) => {
        const count = cells[site.at + r * ACTIONS.length + a]!
        return count > 0 ? [{ site: site.name, action, rule, count }] : []
      }),
    ),
  )

const ruleResultsOf = (layout: TallyLayout, cells: Float64Array): TallyReading['ruleResults'] =>
  layout.sites.flatMap((site) =>
    site.rules.flatMap((rule, r) =>
      RULE_RESULTS.flatMap((result, x) => {
        const count = cells[site.marks + r * RULE_RESULTS.length + x]!
        return count > 0 ? [{ site: site.name, rule, result, count }] : []
      }),
    ),
  )

const sweepOf = (
  layout: TallyLayout,
  total: Float64Array,
  rows: readonly Float64Array[],
  m: number,
): SweepReading => {
  const at = layout.sweeps + m * layout.sweepCells
  const ok = total[at + SWEEP_FIELDS.ok]!
  return {
    map: layout.maps[m]!,
    ok,
    failed: total[at + SWEEP_FIELDS.failed]!,
    removed: total[at + SWEEP_FIELDS.removed]!,
    goodAt: ok > 0 ? Math.max(...rows.map((row) => row[at + SWEEP_FIELDS.goodAt]!)) : null,
    seconds: histogramOf(total, at + SWEEP_FIELDS.seconds, SWEEP_BUCKETS),
  }
}

const rowReadingOf = (layout: TallyLayout, cells: Float64Array): RowReading => {
  let requests = 0
  // The request cells stand first in a row.
  for (let cell = 0; cell < layout.challenges; cell += 1) requests += cells[cell]!
  const loop = (field: keyof typeof LOOP_FIELDS): number => cells[layout.loop + LOOP_FIELDS[field]]!
  return { requests, loop: { p50: loop('p50'), p99: loop('p99'), max: loop('max') } }
}

/** Sums the rows. Costs in proportion to rows × series; meant for a scrape or once a second. */
export const readTally = (parts: {
  readonly layout: TallyLayout
  readonly memory: SharedArrayBuffer
}): TallyReading => {
  const { layout, memory } = parts
  const rows = Array.from({ length: rowsOf(layout, memory) }, (_, row) => rowOf(layout, memory, row))
  const total = sumOf(rows, layout.stride)
  const counted = (at: number): number => total[at]!
  return {
    requests: requestsOf(layout, total),
    ruleResults: ruleResultsOf(layout, total),
    challenges: layout.kinds.flatMap((kind, k) =>
      CHALLENGE_STEPS.map((step, s) => ({
        kind,
        step,
        count: counted(layout.challenges + k * CHALLENGE_STEPS.length + s),
      })),
    ),
    passes: PASS_RESULTS.map((result, index) => ({ result, count: counted(layout.passes + index) })),
    upstreamFaults: UPSTREAM_FAULTS.map((code, index) => ({
      code,
      count: counted(layout.upstreamFaults + index),
    })),
    reloads: (['ok', 'failed'] as const).map((result) => ({
      result,
      count: counted(layout.reloads + RELOAD_FIELDS[result]),
    })),
    solve: histogramOf(total, layout.solve, SOLVE_BUCKETS),
    upstream: histogramOf(total, layout.upstream, UPSTREAM_BUCKETS),
    sweeps: layout.maps.map((_, m) => sweepOf(layout, total, rows, m)),
    rows: rows.map((row) => rowReadingOf(layout, row)),
  }
}
