/** The challenge page issued to a browser-like client, beside a bare Node server that answers 1 KB. */
import { join } from 'node:path'
import { micros, type Bench, type BenchRow } from './bench.ts'
import { startGateway } from './gateway.ts'
import { startBare } from './references.ts'
import { navigation } from './requests.ts'
import { measureSlices, median, ratioOf, slicesPlan, type Slices } from './slices.ts'

const GOAL = 2.5
const LEVELS = ['info', 'warn'] as const

const rowOf = (level: string, page: Slices, bare: Slices): BenchRow => {
  const ratio = ratioOf(page, bare)
  return {
    work: `challenge page, gzip, log level ${level}${level === 'info' ? ' to a file (default)' : ''}: CPU per request`,
    figure: micros(median(page.cpu)),
    reference: `bare Node ${micros(median(bare.cpu))}`,
    ratio: `${ratio.toFixed(2)}×`,
    goal: `≤ ${GOAL}×`,
    held: ratio <= GOAL,
  }
}

export const benchPage: Bench = async ({ folder, upstream, generator, quick }) => {
  await using opened = new AsyncDisposableStack()
  const requests = [navigation()]
  const contenders = [{ name: 'bare', subject: opened.use(await startBare()), requests, status: 200 }]
  for (const level of LEVELS) {
    const logFile = join(folder, `page-${level}.log`)
    const subject = opened.use(await startGateway({ upstream, level, logFile }))
    contenders.push({ name: level, subject, requests, status: 403 })
  }
  const found = await measureSlices(slicesPlan(generator, quick), contenders)
  return {
    title: 'A challenge page issued (one worker, 32 keep-alive connections)',
    rows: LEVELS.map((level) => rowOf(level, found.get(level)!, found.get('bare')!)),
  }
}
