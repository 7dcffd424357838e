/** Two workers beside one. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DashboardSnapshot } from '../src/protocol.ts'
import { micros, missing, perSecond, type Bench, type BenchRow } from './bench.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { navigation } from './requests.ts'
import { measureSlices, median, ratioOf, slicesPlan } from './slices.ts'
import { fetchPass } from './visitor.ts'

const GOAL_CPU = 1.1
const GOAL_RATE = 1.8
const EVEN = 0.4
/** The kernel spreads connections by a hash of their addresses: few connections would spread by luck. */
const CONNECTIONS = 256
/** Two workers, the upstream and the generator. */
const CORES = 4

const spreadRow = async ({ admin }: Gateway): Promise<BenchRow> => {
  const snapshot = (await (await fetch(new URL('/api/snapshot', admin))).json()) as DashboardSnapshot
  const counts = snapshot.workers.map(({ requests }) => requests)
  const all = counts.reduce((sum, count) => sum + count, 0)
  const least = Math.min(...counts) / all
  return {
    work: 'load of each of 2 workers',
    figure: counts.map((count) => `${((100 * count) / all).toFixed(0)} %`).join(' and '),
    reference: '–',
    ratio: '–',
    goal: `each ≥ ${100 * EVEN} %`,
    held: least >= EVEN,
  }
}

export const benchWorkers: Bench = async ({ folder, upstream, generator, quick }) => {
  const start = (workers: number) =>
    startGateway({ upstream, workers, admin: true, logFile: join(folder, `workers-${workers}.log`) })
  await using one = await start(1)
  await using two = await start(2)
  const found = await measureSlices(slicesPlan(generator, quick, CONNECTIONS), [
    { name: 'one', subject: one, requests: [navigation(await fetchPass(one.port))], status: 200 },
    { name: 'two', subject: two, requests: [navigation(await fetchPass(two.port))], status: 200 },
  ])
  const single = found.get('one')!
  const double = found.get('two')!
  const cost = ratioOf(double, single)
  const faster = median(double.rate) / median(single.rate)
  const rate = 'requests a second with 2 workers'
  const goal = `≥ ${GOAL_RATE}×`
  const measured: BenchRow = {
    work: rate,
    figure: perSecond(median(double.rate)),
    reference: `1 worker ${perSecond(median(single.rate))}`,
    ratio: `${faster.toFixed(2)}×`,
    goal,
    held: faster >= GOAL_RATE,
  }
  return {
    title: `Worker threads (${CONNECTIONS} keep-alive connections)`,
    rows: [
      {
        work: 'CPU per request with 2 workers',
        figure: micros(median(double.cpu)),
        reference: `1 worker ${micros(median(single.cpu))}`,
        ratio: `${cost.toFixed(2)}×`,
        goal: `≤ ${GOAL_CPU}×`,
        held: cost <= GOAL_CPU,
      },
      await spreadRow(two),
      availableParallelism() >= CORES
        ? measured
        : missing(
            rate,
            `not measurable here: no second free core beside the generator's and the upstream's`,
            goal,
          ),
    ],
  }
}
