/** From navigation to the protected page in Chromium, a fresh visitor each time. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { ENDPOINTS } from '../src/protocol.ts'
import { launchChromium } from '../test/browser.ts'
import { millis, type Bench } from './bench.ts'
import { startGateway } from './gateway.ts'
import { median } from './slices.ts'
import { startWireTap } from './wire-tap.ts'

const WORK = 2 ** 20
const GOAL = 2
const GOAL_REQUESTS = 2
const WARM_UPS = 2
const TAPPED = 3
const PATIENCE_MS = 60_000
/** The upstream's page is nothing but this letter many times over. */
const ARRIVED = /^x{1024}$/

/** @returns Milliseconds. */
const visit = async (browser: Browser, port: number): Promise<number> => {
  await using context = await browser.newContext()
  const page = await context.newPage()
  const begun = performance.now()
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByText(ARRIVED).waitFor({ timeout: PATIENCE_MS })
  return performance.now() - begun
}

/** The most requests that any of a few visitors sent before its answer. */
const requestsBeforeAnswer = async (browser: Browser, port: number): Promise<number> => {
  using tap = await startWireTap(port)
  let most = 0
  for (let i = 0; i < TAPPED; i++) {
    await visit(browser, tap.port)
    const answer = tap.takePaths().findIndex((path) => path.endsWith(ENDPOINTS.answer))
    if (answer < 0) throw new Error('no answer came over the wire')
    most = Math.max(most, answer)
  }
  return most
}

export const benchVisit: Bench = async ({ folder, upstream, quick }) => {
  const count = quick ? 6 : 100
  await using gateway = await startGateway({ upstream, work: WORK, logFile: join(folder, 'visit.log') })
  await using browser = await launchChromium()
  for (let i = 0; i < WARM_UPS; i++) await visit(browser, gateway.port)
  const visits: number[] = []
  for (let i = 0; i < count; i++) visits.push(await visit(browser, gateway.port))
  const times = visits.toSorted((a, b) => a - b)
  const most = await requestsBeforeAnswer(browser, gateway.port)
  const at = (share: number) => times[Math.ceil(times.length * share) - 1]!
  const ratio = at(0.99) / median(times)
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
