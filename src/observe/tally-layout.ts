/**
 * Where every counter stands: a table of series known from the configuration, laid out once and shared by all
 * threads. Plain data, so that it can be handed to a worker thread.
 */
import { ACTIONS, CHALLENGE_STEPS, PASS_RESULTS, RULE_RESULTS, UPSTREAM_FAULTS } from '../base/event.ts'

/** Label of everything the configuration does not name; keeps every label set bounded. */
export const OTHER = 'other'

/** The row of the main thread; worker threads have the rows after it. */
export const MAIN_ROW = 0

/** Upper bounds in seconds, from issue to answer by the server's clock. */
export const SOLVE_BUCKETS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128] as const
/** Upper bounds in seconds, until the response head arrived. */
export const UPSTREAM_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const
/** Upper bounds in seconds, one sweep pass. */
export const SWEEP_BUCKETS = [0.001, 0.01, 0.1, 1, 10, 60] as const

/** Cells of a sweep record before its histogram: ok, failed, removed, monotonic time of the last good pass. */
export const SWEEP_FIELDS = { ok: 0, failed: 1, removed: 2, goodAt: 3, seconds: 4 } as const
/** Cells of the event-loop delay of a thread, in seconds. */
export const LOOP_FIELDS = { p50: 0, p99: 1, max: 2 } as const
/** Cells of configuration reloads. */
export const RELOAD_FIELDS = { ok: 0, failed: 1 } as const

export interface TallySite {
  readonly name: string
  readonly rules: readonly string[]
  /** First cell; rule r, action a stands at `at + r × actions + a`. */
  readonly at: number
  /** First cell of what rules did on the way; rule r, result x stands at `marks + r × results + x`. */
  readonly marks: number
}

/** Each number is the first cell of its group within a row. */
export interface TallyLayout {
  readonly sites: readonly TallySite[]
  readonly kinds: readonly string[]
  readonly maps: readonly string[]
  readonly challenges: number
  readonly passes: number
  readonly upstreamFaults: number
  readonly reloads: number
  readonly loop: number
  readonly solve: number
  readonly upstream: number
  readonly sweeps: number
  /** Cells of one sweep record. */
  readonly sweepCells: number
  /** Cells of one row, padded so that no two threads write to one cache line. */
  readonly stride: number
}

export interface TallySource {
  /** Every site with the names of its rules. */
  readonly sites: readonly { readonly name: string; readonly rules: readonly string[] }[]
  /** Kinds of challenges. */
  readonly kinds: readonly string[]
  /** Names of the DecayMaps. */
  readonly maps: readonly string[]
}

const CACHE_LINE_CELLS = 16

const bounded = (names: readonly string[]): readonly string[] => [...new Set([...names, OTHER])]

/** Cells of a histogram: one for each bucket, one above them, the sum. */
export const histogramCells = (buckets: readonly number[]): number => buckets.length + 2

/** Lays out one row for the names of the configuration; each set gets `other` for all that it does not name. */
export const tallyLayoutOf = (source: TallySource): TallyLayout => {
  let next = 0
  const take = (cells: number): number => {
    const at = next
    next += cells
    return at
  }
  const named = source.sites.filter(
    (site, index) => source.sites.findIndex((s) => s.name === site.name) === index,
  )
  const all = named.some((site) => site.name === OTHER) ? named : [...named, { name: OTHER, rules: [] }]
  const decided = all.map(({ name, rules }) => {
    const names = bounded(rules)
    return { name, rules: names, at: take(names.length * ACTIONS.length) }
  })
  const kinds = bounded(source.kinds)
  const maps = bounded(source.maps)
  const sweepCells = SWEEP_FIELDS.seconds + histogramCells(SWEEP_BUCKETS)
  const groups = {
    challenges: take(kinds.length * CHALLENGE_STEPS.length),
    passes: take(PASS_RESULTS.length),
    upstreamFaults: take(UPSTREAM_FAULTS.length),
    reloads: take(Object.keys(RELOAD_FIELDS).length),
    loop: take(Object.keys(LOOP_FIELDS).length),
    solve: take(histogramCells(SOLVE_BUCKETS)),
    upstream: take(histogramCells(UPSTREAM_BUCKETS)),
    sweeps: take(maps.length * sweepCells),
  }
  const sites = decided.map((site) => ({ ...site, marks: take(site.rules.length * RULE_RESULTS.length) }))
  return {
    sites,
    kinds,
    maps,
    ...groups,
    sweepCells,
    stride: Math.ceil(next / CACHE_LINE_CELLS) * CACHE_LINE_CELLS,
  }
}

/** The shared memory for `rows` threads, all zero. */
export const createTallyMemory = (layout: TallyLayout, rows: number): SharedArrayBuffer =>
  new SharedArrayBuffer(rows * layout.stride * Float64Array.BYTES_PER_ELEMENT)

/** The cells of one thread. */
export const rowOf = (layout: TallyLayout, memory: SharedArrayBuffer, row: number): Float64Array =>
  new Float64Array(memory, row * layout.stride * Float64Array.BYTES_PER_ELEMENT, layout.stride)

/** How many threads the memory has room for. */
export const rowsOf = (layout: TallyLayout, memory: SharedArrayBuffer): number =>
  memory.byteLength / (layout.stride * Float64Array.BYTES_PER_ELEMENT)
