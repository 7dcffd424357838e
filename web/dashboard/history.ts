/** The last ten minutes, second by second, in bounded arrays. */
import type { DashboardSnapshot, SweepSnapshot } from '../../src/protocol.ts'

const MOST_POINTS = 600
const MOST_SWEEPS = 600
/** Seconds without a snapshot after which a line is broken instead of drawn through. */
const GAP_SECONDS = 3

type Point = number | null

export interface History {
  /** Seconds since 1970. */
  readonly times: readonly number[]
  /** Values at `times`; null where unknown. */
  series(name: string): readonly Point[]
  sweepsOf(map: string): readonly SweepSnapshot[]
  latest(): DashboardSnapshot | undefined
  push(snapshot: DashboardSnapshot): void
}

/** Names of the series that panels ask for. */
export const seriesNames = {
  rss: 'rss',
  entries: (map: string): string => `entries ${map}`,
  capacity: (map: string): string => `capacity ${map}`,
  evictions: (map: string): string => `evictions ${map}`,
  requests: (action: string): string => `requests ${action}`,
}

const rateOf = (now: number, before: number | undefined, seconds: number): Point =>
  before === undefined || now < before || seconds <= 0 ? null : (now - before) / seconds

const valuesOf = (
  snapshot: DashboardSnapshot,
  before: DashboardSnapshot | undefined,
): ReadonlyMap<string, Point> => {
  const seconds = before === undefined ? 0 : (snapshot.at - before.at) / 1000
  return new Map<string, Point>([
    [seriesNames.rss, snapshot.rssBytes],
    ...snapshot.maps.flatMap((map): [string, Point][] => [
      [seriesNames.entries(map.map), map.entries],
      [seriesNames.capacity(map.map), map.capacity],
      [seriesNames.evictions(map.map), map.evictions],
    ]),
    ...Object.entries(snapshot.requests).map(([action, count]): [string, Point] => [
      seriesNames.requests(action),
      rateOf(count, before?.requests[action], seconds),
    ]),
  ])
}

/** An empty history. */
export const createHistory = (): History => {
  const times: number[] = []
  const columns = new Map<string, Point[]>()
  let sweeps: readonly SweepSnapshot[] = []
  let latest: DashboardSnapshot | undefined

  const append = (time: number, values: ReadonlyMap<string, Point>): void => {
    for (const name of values.keys()) {
      if (!columns.has(name))
        columns.set(
          name,
          times.map(() => null),
        )
    }
    times.push(time)
    for (const [name, column] of columns) column.push(values.get(name) ?? null)
    if (times.length <= MOST_POINTS) return
    times.shift()
    for (const column of columns.values()) column.shift()
  }
  const keepSweeps = (fresh: readonly SweepSnapshot[]): void => {
    const keyOf = ({ at, map, result, removed }: SweepSnapshot): string => `${at} ${map} ${result} ${removed}`
    const known = new Set(sweeps.map(keyOf))
    sweeps = [...sweeps, ...fresh.filter((sweep) => !known.has(keyOf(sweep)))].slice(-MOST_SWEEPS)
  }
  const forget = (): void => {
    times.length = 0
    columns.clear()
    sweeps = []
    latest = undefined
  }

  return {
    times,
    series: (name) => columns.get(name) ?? times.map(() => null),
    sweepsOf: (map) => sweeps.filter((sweep) => sweep.map === map),
    latest: () => latest,
    push: (snapshot) => {
      // A new process counts from zero again.
      if (latest !== undefined && latest.startedAt !== snapshot.startedAt) forget()
      const time = snapshot.at / 1000
      const last = times.at(-1)
      if (last !== undefined && time <= last) return
      if (last !== undefined && time - last > GAP_SECONDS) append(last + 1, new Map())
      append(time, valuesOf(snapshot, latest))
      keepSweeps(snapshot.sweeps)
      latest = snapshot
    },
  }
}
