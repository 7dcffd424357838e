import { mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AdminParts } from '../src/observe/admin.ts'
import type { DashboardSnapshot } from '../src/protocol.ts'
import { buildDashboard } from '../web/dashboard/build.ts'
import { launchChromium } from './browser.ts'
import { adminOf, listening, snapshotOf } from './observe/admin-parts.ts'

const START = 1_700_000_000_000
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser
let dashboard: string
beforeAll(async () => {
  browser = await launchChromium()
  dashboard = (await buildDashboard(mkdtempSync(join(tmpdir(), 'tollgate-dashboard-')))).folder
})
afterAll(() => browser.close())

const CHALLENGES = {
  map: 'challenges',
  entries: 450_000,
  capacity: 1_000_000,
  bytes: 64 * 1024 ** 2,
  evictions: 0,
  sweepsOk: 12,
  sweepsFailed: 0,
  removed: 98_765,
  sinceGoodSweepMs: 20_000,
}
const SWEEP = { at: START + 5000, map: 'challenges', result: 'ok', removed: 1234, milliseconds: 3.5 } as const

/** A gateway at work: each snapshot is a second later and ten challenged requests on. */
const busy = (parts: Partial<DashboardSnapshot> = {}) => {
  let second = 0
  return (): DashboardSnapshot => {
    second += 1
    return snapshotOf({
      at: START + second * 1000,
      startedAt: START,
      maps: [CHALLENGES],
      sweeps: [SWEEP],
      funnel: { issued: 2000, solved: 1500, failed: 100, expired: 50, abandoned: 300 },
      requests: { pass: 50 * second, allow: 5 * second, challenge: 10 * second, deny: second },
      workers: [
        { worker: 1, state: 'ready', startedAt: START, restarts: 0, requests: 3000, eventLoopDelayMs: 1.25 },
        {
          worker: 2,
          state: 'starting',
          startedAt: START,
          restarts: 4,
          requests: 1000,
          eventLoopDelayMs: 250,
        },
      ],
      ...parts,
    })
  }
}

interface Opened extends AsyncDisposable {
  readonly page: Page
  /** Errors and violations of the content security policy. */
  readonly faults: readonly string[]
}

const open = async (
  parts: Partial<AdminParts>,
  options: { readonly scheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<Opened> => {
  const admin = await listening({ dashboard, tickMs: 100, snapshot: busy(), ...parts })
  const context = await browser.newContext({
    colorScheme: options.scheme ?? 'light',
    viewport: { width: options.width ?? 1280, height: 900 },
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(admin.address)
  return {
    page,
    faults,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await admin[Symbol.asyncDispose]()
    },
  }
}

const live = (page: Page) => page.locator('#status[data-state="live"]').waitFor()
/** The text of a row, cells parted by bars. */
const rowText = async (page: Page, panel: string, name: string): Promise<string> =>
  (await page.locator(`${panel} tr`, { hasText: name }).locator('th, td').allInnerTexts())
    .map((text) => text.trim())
    .join('|')

test('the page shows the figures of the stream as text and draws them, under its own policy', async () => {
  await using opened = await open({})
  const { page, faults } = opened
  await live(page)
  await page.getByText('50/s').waitFor()
  expect(await page.locator('#requests .legend').innerText()).toMatch(/Challenged\s+10\/s/)
  expect(await page.locator('#maps .big').innerText()).toBe('450,000 of 1,000,000 entries (45%)')
  expect(await page.locator('#maps .facts').innerText()).toMatch(/64 MiB[^]*98,765[^]*20 s ago/)
  expect(await rowText(page, '#funnel', 'Solved')).toMatch(/^Solved\|1,500\|75%/)
  expect(await rowText(page, '#funnel', 'Abandoned')).toMatch(/^Abandoned\|300\|15%/)
  expect(await rowText(page, '#workers', 'starting')).toMatch(/^2\|starting\|.*\|1,000\|25%\|250 ms\|4$/)
  expect(await page.locator('#memory .legend').innerText()).toContain('64 MiB')
  expect(await page.locator('canvas').count()).toBe(3)
  expect(await page.locator('#requests .canvas').getAttribute('aria-label')).toMatch(/Passed: 50\/s/)
  expect(faults).toEqual([])
})

test('sweeps are listed on demand with what they removed', async () => {
  await using opened = await open({})
  const { page } = opened
  await live(page)
  const summary = page.getByText('Last sweeps', { exact: true })
  await summary.focus()
  await page.keyboard.press('Enter')
  expect(await rowText(page, '#maps', 'ok')).toMatch(/\|ok\|1,234\|3\.5 ms$/)
})

test('a failed sweep stands out with its cause, as an alert', async () => {
  const failed = {
    ...SWEEP,
    at: START + 9000,
    result: 'failed',
    removed: 0,
    cause: 'stripe 7 is stuck',
  } as const
  await using opened = await open({ snapshot: busy({ sweeps: [SWEEP, failed] }) })
  const { page } = opened
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('stripe 7 is stuck')
})

test('names and causes from outside are shown as text', async () => {
  const evil = '<img src=x onerror=alert(1)>'
  const failed = { ...SWEEP, map: evil, result: 'failed', cause: evil } as const
  await using opened = await open({
    snapshot: busy({ maps: [{ ...CHALLENGES, map: evil }], sweeps: [failed] }),
  })
  const { page, faults } = opened
  await page.getByRole('alert').waitFor()
  expect(await page.locator('h3').innerText()).toBe(evil)
  expect(await page.locator('img').count()).toBe(0)
  expect(faults).toEqual([])
})

test('a lost connection is said with the time of the figures, and found again by itself', async () => {
  const first = await listening({ dashboard, tickMs: 100, snapshot: busy() })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(first.address)
  await live(page)
  const port = Number(new URL(first.address).port)
  await first[Symbol.asyncDispose]()
  await page.locator('#status[data-state="lost"]').waitFor()
  expect(await page.locator('#status').innerText()).toMatch(/^Connection lost; figures of \d\d:\d\d:\d\d$/)
  expect(await page.locator('#maps .big').innerText()).toContain('450,000')
  const second = adminOf({
    dashboard,
    tickMs: 100,
    snapshot: busy({ startedAt: START + 500, version: '0.2.0' }),
  })
  await using _listening = await second.listen({ kind: 'tcp', host: '127.0.0.1', port })
  await page.clock.runFor(3100)
  await live(page)
  await page.getByText('0.2.0').waitFor()
  await context.close()
})

test('a page in the background lets its stream go, and takes it up again', async () => {
  await using opened = await open({})
  const { page } = opened
  await live(page)
  const hide = (hidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });` +
        `document.dispatchEvent(new Event('visibilitychange'))`,
    )
  const isStream = (request: { url(): string }): boolean => request.url().endsWith('/api/events')
  const ended = page.waitForEvent('requestfailed', { predicate: isStream })
  await hide(true)
  await ended
  expect(await page.locator('#status').innerText()).toBe('Paused')
  const begun = page.waitForEvent('request', { predicate: isStream })
  await hide(false)
  await begun
  await live(page)
})

test('a gateway that has done nothing yet says so', async () => {
  await using opened = await open({
    snapshot: busy({ maps: [], sweeps: [], workers: [], requests: {}, funnel: snapshotOf().funnel }),
  })
  const { page } = opened
  await live(page)
  for (const text of ['No request yet', 'No challenge issued yet', 'No map is held', 'No worker thread']) {
    expect(await page.getByText(text).isVisible()).toBe(true)
  }
})

test('a phone shows everything without scrolling sideways', async () => {
  await using opened = await open({}, { width: 390 })
  const { page } = opened
  await live(page)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing to object to in ${scheme}`, async () => {
    const failed = { ...SWEEP, at: START + 9000, result: 'failed', cause: 'stuck' } as const
    await using opened = await open({ snapshot: busy({ sweeps: [failed] }) }, { scheme })
    const { page } = opened
    await page.getByRole('alert').waitFor()
    await page.getByText('Last sweeps', { exact: true }).click()
    // By the debugger, which the page's policy does not bind.
    await page.evaluate(AXE)
    const violations = await page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((n) => n.html).join(' ')))`,
    )
    expect(violations).toEqual([])
  })
}
