/** Prometheus metrics, read from the tally and the maps when they are scraped; nothing is done per request. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { DecayMapStats, MonotonicClock } from '../decay-map/decay-map.ts'
import { createHistogram } from './histogram.ts'
import { MAIN_ROW, OTHER } from './tally-layout.ts'
import type { TallyReading } from './tally-reading.ts'
import { WORKER_STATES } from './worker-status.ts'
import type { WorkerStatus } from './worker-status.ts'

export interface MetricsParts {
  /** Everything counted so far. */
  readonly read: () => TallyReading
  /** Statistics of every DecayMap. */
  readonly maps: () => readonly DecayMapStats[]
  readonly workers: () => readonly WorkerStatus[]
  /** The clock that dates sweeps. */
  readonly now: MonotonicClock
  readonly version: string
}

export interface Metrics {
  /** The `Content-Type` of `text`. */
  readonly contentType: string
  /** Prometheus text exposition format 0.0.4. */
  text(): Promise<string>
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

interface Series {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  readonly samples: () => readonly Sample[]
}

const counter = (registry: Registry, { name, help, labels = [], samples }: Series): void => {
  registry.registerMetric(
    new Counter({
      name,
      help,
      labelNames: labels,
      registers: [],
      collect() {
        this.reset()
        for (const sample of samples()) this.inc({ ...sample.labels }, sample.value)
      },
    }),
  )
}

const gauge = (registry: Registry, { name, help, labels = [], samples }: Series): void => {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [],
      collect() {
        this.reset()
        for (const sample of samples()) this.set({ ...sample.labels }, sample.value)
      },
    }),
  )
}

/** `other` is worth a line only when something fell into it. */
const worthwhile =
  (name: string) =>
  ({ labels, value }: Sample): boolean =>
    value > 0 || labels?.[name] !== OTHER

const requestMetrics = (registry: Registry, read: () => TallyReading): void => {
  counter(registry, {
    name: 'tollgate_requests_total',
    help: 'Decided requests.',
    labels: ['site', 'action', 'rule'],
    samples: () =>
      read().requests.map(({ site, action, rule, count }) => ({
        labels: { site, action, rule },
        value: count,
      })),
  })
  counter(registry, {
    name: 'tollgate_challenges_total',
    help: 'Challenges by what became of them.',
    labels: ['kind', 'event'],
    samples: () =>
      read()
        .challenges.map(({ kind, step, count }) => ({ labels: { kind, event: step }, value: count }))
        .filter(worthwhile('kind')),
  })
  counter(registry, {
    name: 'tollgate_passes_total',
    help: 'Passes minted and checked.',
    labels: ['result'],
    samples: () => read().passes.map(({ result, count }) => ({ labels: { result }, value: count })),
  })
  counter(registry, {
    name: 'tollgate_upstream_errors_total',
    help: 'Requests that the upstream failed.',
    labels: ['code'],
    samples: () => read().upstreamFaults.map(({ code, count }) => ({ labels: { code }, value: count })),
  })
  counter(registry, {
    name: 'tollgate_config_reload_total',
    help: 'Reloads of the configuration.',
    labels: ['result'],
    samples: () => read().reloads.map(({ result, count }) => ({ labels: { result }, value: count })),
  })
  createHistogram(registry, {
    name: 'tollgate_solve_seconds',
    help: 'From issue of a challenge to its right answer.',
    readings: () => [{ labels: {}, reading: read().solve }],
  })
  createHistogram(registry, {
    name: 'tollgate_upstream_seconds',
    help: 'Until the response head of the upstream arrived.',
    readings: () => [{ labels: {}, reading: read().upstream }],
  })
}

const mapMetrics = (registry: Registry, parts: MetricsParts): void => {
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

const processMetrics = (registry: Registry, parts: MetricsParts): void => {
  gauge(registry, {
    name: 'tollgate_build_info',
    help: 'Always 1; the versions are its labels.',
    labels: ['version', 'node'],
    samples: () => [{ labels: { version: parts.version, node: process.version }, value: 1 }],
  })
  gauge(registry, {
    name: 'tollgate_workers',
    help: 'Worker threads by state.',
    labels: ['state'],
    samples: () =>
      WORKER_STATES.map((state) => ({
        labels: { state },
        value: parts.workers().filter((worker) => worker.state === state).length,
      })),
  })
  counter(registry, {
    name: 'tollgate_worker_restarts_total',
    help: 'Worker threads that died and were replaced.',
    samples: () => [{ value: parts.workers().reduce((sum, worker) => sum + worker.restarts, 0) }],
  })
  gauge(registry, {
    name: 'tollgate_event_loop_delay_seconds',
    help: 'How late the event loop of a thread ran; quantile 1 is the worst.',
    labels: ['worker', 'quantile'],
    samples: () => {
      const { rows } = parts.read()
      const threads = [{ name: 'main', row: MAIN_ROW }].concat(
        parts.workers().map(({ worker, row }) => ({ name: String(worker), row })),
      )
      return threads.flatMap(({ name, row }) => {
        const loop = rows[row]?.loop
        if (loop === undefined) return []
        return [
          { labels: { worker: name, quantile: '0.5' }, value: loop.p50 },
          { labels: { worker: name, quantile: '0.99' }, value: loop.p99 },
          { labels: { worker: name, quantile: '1' }, value: loop.max },
        ]
      })
    },
  })
  gauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the whole process.',
    samples: () => [{ value: process.memoryUsage.rss() }],
  })
  counter(registry, {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the whole process, user and system.',
    samples: () => {
      const { user, system } = process.cpuUsage()
      return [{ value: (user + system) / 1e6 }]
    },
  })
}

/** The metrics of the process; call once, on the main thread. */
export const createMetrics = (parts: MetricsParts): Metrics => {
  const registry = new Registry()
  let reading: TallyReading | undefined
  const read = (): TallyReading => (reading ??= parts.read())
  requestMetrics(registry, read)
  mapMetrics(registry, { ...parts, read })
  processMetrics(registry, { ...parts, read })
  return {
    contentType: registry.contentType,
    text: () => {
      // One reading for all metrics of a scrape.
      reading = undefined
      return registry.metrics()
    },
  }
}
