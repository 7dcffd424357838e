/** From navigation to the protected page in Chromium, a fresh visitor each time. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { ENDPOINTS } from '../src/protocol.ts'
import { launchChromium } from '../test/browser.ts'
import { millis, type Bench } from './bench.ts'
import { startGateway } from './gateway.ts'
import { median } from './slices.ts'

const WORK = 2 ** 20
const GOAL = 2
const GOAL_REQUESTS = 2
const WARM_UPS = 2
const PATIENCE_MS = 60_000
/** The upstream's page is nothing but this letter many times over. */
const ARRIVED = /^x{1024}$/

interface Visit {
  readonly milliseconds: number
  /** Before the answer was sent. */
  readonly requests: number
}

const visit = async (browser: Browser, url: string): Promise<Visit> => {
  await using context = await browser.newContext()
  const page = await context.newPage()
  let requests = 0
  let answered = false
  page.on('request', (request) => {
    answered ||= request.url().endsWith(ENDPOINTS.answer)
    if (!answered) requests += 1
  })
  const begun = performance.now()
  await page.goto(url)
  await page.getByText(ARRIVED).waitFor({ timeout: PATIENCE_MS })
  return { milliseconds: performance.now() - begun, requests }
}

export const benchVisit: Bench = async ({ folder, upstream, quick }) => {
  const count = quick ? 10 : 100
  await using gateway = await startGateway({ upstream, work: WORK, logFile: join(folder, 'visit.log') })
  await using browser = await launchChromium()
  const url = `http://127.0.0.1:${gateway.port}/`
  for (let i = 0; i < WARM_UPS; i++) await visit(browser, url)
  const visits: Visit[] = []
  for (let i = 0; i < count; i++) visits.push(await visit(browser, url))
  const times = visits.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(times.length * share) - 1]!
  const ratio = at(0.99) / median(times)
  const most = Math.max(...visits.map(({ requests }) => requests))
  return {
    title: 'A fresh visitor in Chromium',
    rows: [
      {
        work: `navigation to solved page, 2^20 expected hashes, ${count} visits: p99`,
        figure: millis(at(0.99)),
        reference: `p50 ${millis(median(times))}, p95 ${millis(at(0.95))}`,
        ratio: `${ratio.toFixed(2)}×`,
        goal: `p99 ≤ ${GOAL} × p50`,
        held: ratio <= GOAL,
      },
      {
        work: 'requests before the answer',
        figure: String(most),
        reference: '–',
        ratio: '–',
        goal: `≤ ${GOAL_REQUESTS}`,
        held: most <= GOAL_REQUESTS,
      },
    ],
  }
}
