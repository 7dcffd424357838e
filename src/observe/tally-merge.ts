/** Readings of several tallies as one: a reload that names other rules lays out a new one. */
import type { HistogramReading, RowReading, SweepReading, TallyReading } from './tally-reading.ts'

/** Adds up `count` of all entries that agree in everything else, in the order of their first appearance. */
const mergeCounts = <T extends { readonly count: number }>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
): readonly T[] => {
  const merged = new Map<string, T>()
  for (const entry of entries) {
    const known = merged.get(keyOf(entry))
    merged.set(keyOf(entry), known === undefined ? entry : { ...known, count: known.count + entry.count })
  }
  return [...merged.values()]
}

const mergeHistograms = (a: HistogramReading, b: HistogramReading): HistogramReading => ({
  bounds: a.bounds,
  counts: a.counts.map((count, bucket) => count + (b.counts[bucket] ?? 0)),
  sum: a.sum + b.sum,
})

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)

const mergeSweeps = (a: readonly SweepReading[], b: readonly SweepReading[]): readonly SweepReading[] => {
  const merged = new Map(a.map((sweep) => [sweep.map, sweep]))
  for (const sweep of b) {
    const known = merged.get(sweep.map)
    if (known === undefined) merged.set(sweep.map, sweep)
    else {
      merged.set(sweep.map, {
        map: sweep.map,
        ok: known.ok + sweep.ok,
        failed: known.failed + sweep.failed,
        removed: known.removed + sweep.removed,
        goodAt: later(known.goodAt, sweep.goodAt),
        seconds: mergeHistograms(known.seconds, sweep.seconds),
      })
    }
  }
  return [...merged.values()]
}

const mergeRows = (past: readonly RowReading[], current: readonly RowReading[]): readonly RowReading[] =>
  current.map(({ requests, loop }, row) => ({ requests: requests + (past[row]?.requests ?? 0), loop }))

/**
 * Everything counted in `past` and in `current`; the threads are those of `current`. Counters never go back over a
 * reload when the reading of the old tally is taken after its last thread has stopped.
 */
export const mergeReadings = (past: TallyReading, current: TallyReading): TallyReading => ({
  requests: mergeCounts([...past.requests, ...current.requests], ({ site, action, rule }) =>
    JSON.stringify([site, action, rule]),
  ),
  ruleResults: mergeCounts([...past.ruleResults, ...current.ruleResults], ({ site, rule, result }) =>
    JSON.stringify([site, rule, result]),
  ),
  challenges: mergeCounts([...past.challenges, ...current.challenges], ({ kind, step }) => `${step} ${kind}`),
  passes: mergeCounts([...past.passes, ...current.passes], ({ result }) => result),
  upstreamFaults: mergeCounts([...past.upstreamFaults, ...current.upstreamFaults], ({ code }) => code),
  reloads: mergeCounts([...past.reloads, ...current.reloads], ({ result }) => result),
  solve: mergeHistograms(past.solve, current.solve),
  upstream: mergeHistograms(past.upstream, current.upstream),
  sweeps: mergeSweeps(past.sweeps, current.sweeps),
  rows: mergeRows(past.rows, current.rows),
})
