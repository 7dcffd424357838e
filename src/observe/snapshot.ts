/** The picture that the dashboard draws once a second. */
import { ACTIONS } from '../base/event.ts'
import type { DecayMapStats, MonotonicClock } from '../decay-map/decay-map.ts'
import type { DashboardSnapshot, FunnelSnapshot, MapSnapshot, WorkerSnapshot } from '../protocol.ts'
import type { SweepHistory } from './sweep-history.ts'
import type { TallyReading } from './tally-reading.ts'
import type { WorkerStatus } from './worker-status.ts'

export interface SnapshotParts {
  /** Everything counted so far. */
  readonly read: () => TallyReading
  readonly maps: () => readonly DecayMapStats[]
  readonly workers: () => readonly WorkerStatus[]
  readonly sweeps: Pick<SweepHistory, 'list'>
  /** Wall-clock milliseconds. */
  readonly wallClock: () => number
  /** The clock that dates sweeps. */
  readonly now: MonotonicClock
  /** Wall-clock milliseconds. */
  readonly startedAt: number
  readonly version: string
}

const mapOf = (stats: DecayMapStats, reading: TallyReading, now: number): MapSnapshot => {
  const sweep = reading.sweeps.find(({ map }) => map === stats.name)
  return {
    map: stats.name,
    entries: stats.entries,
    capacity: stats.capacity,
    bytes: stats.bytes,
    evictions: stats.evictions,
    sweepsOk: sweep?.ok ?? 0,
    sweepsFailed: sweep?.failed ?? 0,
    removed: sweep?.removed ?? 0,
    sinceGoodSweepMs: sweep === undefined || sweep.goodAt === null ? null : now - sweep.goodAt,
  }
}

const workerOf = ({ row, ...status }: WorkerStatus, { rows }: TallyReading): WorkerSnapshot => ({
  ...status,
  requests: rows[row]?.requests ?? 0,
  eventLoopDelayMs: (rows[row]?.loop.p99 ?? 0) * 1000,
})

const funnelOf = ({ challenges }: TallyReading): FunnelSnapshot => {
  const funnel = { issued: 0, solved: 0, failed: 0, expired: 0, abandoned: 0 }
  for (const { step, count } of challenges) funnel[step] += count
  return funnel
}

const requestsOf = ({ requests }: TallyReading): DashboardSnapshot['requests'] =>
  Object.fromEntries(
    ACTIONS.map((action) => [
      action,
      requests.reduce((sum, series) => sum + (series.action === action ? series.count : 0), 0),
    ]),
  )

/** Builds a snapshot each time it is called. */
export const createSnapshot = (parts: SnapshotParts): (() => DashboardSnapshot) => {
  const { read, maps, workers, sweeps, wallClock, now, startedAt, version } = parts
  return () => {
    const reading = read()
    return {
      at: wallClock(),
      startedAt,
      version,
      rssBytes: process.memoryUsage.rss(),
      maps: maps().map((stats) => mapOf(stats, reading, now())),
      sweeps: sweeps.list(),
      funnel: funnelOf(reading),
      requests: requestsOf(reading),
      workers: workers().map((status) => workerOf(status, reading)),
    }
  }
}
