/** Metrics of the DecayMaps and their sweeps. */
import type { Registry } from 'prom-client'
import type { DecayMapStats, MonotonicClock } from '../decay-map/decay-map.ts'
import { createHistogram } from './histogram.ts'
import { counter, gauge } from './series.ts'
import type { Sample } from './series.ts'
import { OTHER } from './tally-layout.ts'
import type { TallyReading } from './tally-reading.ts'

export interface MapMetricsParts {
  /** Everything counted so far. */
  readonly read: () => TallyReading
  /** Statistics of every DecayMap. */
  readonly maps: () => readonly DecayMapStats[]
  /** The clock that dates sweeps. */
  readonly now: MonotonicClock
}

/** Registers them. */
export const mapMetrics = (registry: Registry, parts: MapMetricsParts): void => {
  const labels = ['map']
  const perMap = (field: 'entries' | 'capacity' | 'bytes' | 'evictions') => (): readonly Sample[] =>
    parts.maps().map((map) => ({ labels: { map: map.name }, value: map[field] }))
  const sweeps = () => parts.read().sweeps.filter((s) => s.map !== OTHER || s.ok + s.failed > 0)
  gauge(registry, {
    name: 'tollgate_decaymap_entries',
    help: 'Entries held.',
    labels,
    samples: perMap('entries'),
  })
  gauge(registry, {
    name: 'tollgate_decaymap_capacity',
    help: 'Most entries.',
    labels,
    samples: perMap('capacity'),
  })
  gauge(registry, {
    name: 'tollgate_decaymap_bytes',
    help: 'Memory taken.',
    labels,
    samples: perMap('bytes'),
  })
  counter(registry, {
    name: 'tollgate_decaymap_evictions_total',
    help: 'Entries that made room before they decayed.',
    labels,
    samples: perMap('evictions'),
  })
  counter(registry, {
    name: 'tollgate_sweeps_total',
    help: 'Finished sweep passes.',
    labels: ['map', 'result'],
    samples: () =>
      sweeps().flatMap(({ map, ok, failed }) => [
        { labels: { map, result: 'ok' }, value: ok },
        { labels: { map, result: 'failed' }, value: failed },
      ]),
  })
  counter(registry, {
    name: 'tollgate_sweep_removed_total',
    help: 'Decayed entries removed by sweeps.',
    labels,
    samples: () => sweeps().map(({ map, removed }) => ({ labels: { map }, value: removed })),
  })
  gauge(registry, {
    name: 'tollgate_sweep_age_seconds',
    help: 'Time since the last sweep pass that ended well; absent before the first.',
    labels,
    samples: () =>
      sweeps().flatMap(({ map, goodAt }) =>
        goodAt === null ? [] : [{ labels: { map }, value: (parts.now() - goodAt) / 1000 }],
      ),
  })
  createHistogram(registry, {
    name: 'tollgate_sweep_seconds',
    help: 'Duration of sweep passes.',
    labels,
    readings: () => sweeps().map(({ map, seconds }) => ({ labels: { map }, reading: seconds })),
  })
}
