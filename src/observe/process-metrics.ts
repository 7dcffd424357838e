/** Metrics of the process and its threads. */
import type { Registry } from 'prom-client'
import { counter, gauge } from './series.ts'
import { MAIN_ROW } from './tally-layout.ts'
import type { TallyReading } from './tally-reading.ts'
import { WORKER_STATES } from './worker-status.ts'
import type { WorkerStatus } from './worker-status.ts'

export interface ProcessMetricsParts {
  /** Everything counted so far. */
  readonly read: () => TallyReading
  readonly workers: () => readonly WorkerStatus[]
  readonly version: string
}

/** Registers them. */
export const processMetrics = (registry: Registry, parts: ProcessMetricsParts): void => {
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
