import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openFirefox } from '../browser.ts'
import { type GateOptions, startGate } from './gate.ts'

const PATH = '/deep/page?q=1&r=2'
/** What the site says it was asked for. */
const SITE = `GET ${PATH}`
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const coresStub = (cores: string): string =>
  `Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => ${cores} })`
/** More work than any test waits for, on one core. */
const ENDLESS = { target: 1, before: coresStub('1') }
const PATIENT = { timeout: 30_000 }

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

interface VisitOptions extends GateOptions, BrowserContextOptions {
  /** Runs in each page before its own script. */
  readonly before?: string
}

const visit = async <T>(
  options: VisitOptions,
  run: (page: Page, gate: Awaited<ReturnType<typeof startGate>>) => Promise<T>,
): Promise<T> => {
  await using gate = await startGate(options)
  await using context = await browser.newContext(options)
  if (options.before) await context.addInitScript(options.before)
  const page = await context.newPage()
  await page.goto(gate.origin + PATH)
  return await run(page, gate)
}

const siteOf = async (page: Page): Promise<string> => (await page.waitForSelector('#url')).innerText()
const expectSite = async (page: Page): Promise<void> => expect(await siteOf(page)).toBe(SITE)
const failureOf = async (page: Page): Promise<string> => {
  await page.waitForSelector('.failed')
  return page.innerText('#why')
}

test('the page is solved and gives way to the original address, and Back goes where it should', async () => {
  await using gate = await startGate()
  await using context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${gate.origin}/outside`)
  await page.click('a')
  await expectSite(page)
  expect(page.url()).toBe(`${gate.origin}${PATH}#part`)
  expect(gate.seen.map(({ method, url }) => `${method} ${url.replace(/-\w+\.js/, '.js')}`)).toEqual([
    'GET /outside',
    `GET ${PATH}`,
    'GET /.tollgate/assets/challenge-worker.js',
    'POST /.tollgate/answer',
    `GET ${PATH}`,
  ])
  await page.goBack()
  expect(page.url()).toBe(`${gate.origin}/outside`)
})

for (const cores of ['undefined', '1', '7', '128'])
  test(`it is solved with ${cores} cores`, () =>
    expect(visit({ before: coresStub(cores) }, siteOf)).resolves.toBe(SITE))

const fallbacks: Readonly<Record<string, VisitOptions>> = {
  'where workers are forbidden': {
    policy: (policy) => policy.replace("worker-src 'self'", "worker-src 'none'"),
  },
  'where the worker is missing': { hasWorker: false },
  'where WebAssembly is forbidden': { policy: (policy) => policy.replace("'wasm-unsafe-eval'", "'none'") },
  'where there are no workers at all': { before: 'delete window.Worker' },
  'without locks and channels': {
    before: 'delete Navigator.prototype.locks; delete window.BroadcastChannel',
  },
  'without session storage': {
    before: "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('blocked') } })",
  },
}
for (const [where, options] of Object.entries(fallbacks))
  test(`it is solved ${where}`, () => expect(visit({ ...options, puzzles: 4 }, siteOf)).resolves.toBe(SITE))

test('it is solved in Firefox', async () => {
  await using gate = await startGate()
  await using _ = await openFirefox(gate.origin + PATH)
  const visits = () => gate.seen.filter(({ url }) => url === PATH).length
  await expect.poll(visits, { timeout: 50_000 }).toBe(2)
  expect(gate.answers).toHaveLength(1)
})

test('an expired challenge is replaced once, by itself', () =>
  visit({ fate: (n) => (n === 0 ? 'expired' : undefined) }, async (page, gate) => {
    await expectSite(page)
    expect(new Set(gate.answers.map(({ id }) => id)).size).toBe(2)
    expect(gate.seen.filter(({ url }) => url === PATH)).toHaveLength(2)
  }))

test('a second expiry is explained', () =>
  visit({ fate: () => 'expired' }, async (page, gate) => {
    expect(await failureOf(page)).toContain('too late')
    expect(gate.answers).toHaveLength(2)
  }))

test('a spent challenge reloads the page once, and then is explained', () =>
  visit({ fate: () => 'spent' }, async (page, gate) => {
    expect(await failureOf(page)).toContain('used already')
    expect(gate.answers).toHaveLength(2)
  }))

test('a refused answer is explained, and Try again works', () =>
  visit({ fate: (n) => (n === 0 ? 'wrong' : undefined) }, async (page) => {
    expect(await failureOf(page)).toContain('no fault of yours')
    expect(await page.getAttribute('#back', 'href')).toContain(PATH)
    await page.click('#retry')
    await expectSite(page)
  }))

test('an interrupted connection is tried again', () =>
  expect(visit({ fate: (n) => (n === 0 ? 'drop' : undefined) }, siteOf)).resolves.toBe(SITE))

test('a network that stays away is explained after four tries', () =>
  visit(
    { fate: () => 'drop', before: 'const later = setTimeout; setTimeout = (run, ms) => later(run, ms / 50)' },
    async (page, gate) => {
      expect(await failureOf(page)).toContain('could not be reached')
      // The browser itself may send one again whose connection broke.
      expect([4, 5]).toContain(gate.answers.length)
    },
  ))

test('without cookies nothing is computed', () =>
  visit(
    { before: "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })" },
    async (page, gate) => {
      expect(await failureOf(page)).toContain('cookies')
      expect(gate.answers).toHaveLength(0)
    },
  ))

const blocked = fallbacks['without session storage']!
for (const [how, options] of Object.entries({ 'with storage': {}, 'without storage': blocked }))
  test(`cookies that do not come back are noticed (${how})`, () =>
    visit({ ...options, setsCookie: false }, async (page, gate) => {
      expect(await failureOf(page)).toContain('did not come back')
      expect(gate.answers).toHaveLength(2)
    }))

test('of two tabs one works and the other follows', () =>
  visit({ delay: 300, target: 1 << 16 }, async (page, gate) => {
    const other = await page.context().newPage()
    await other.goto(gate.origin + PATH)
    await Promise.all([expectSite(page), expectSite(other)])
    expect(gate.answers).toHaveLength(1)
  }))

test('a tab that waited for one that gave up works itself', () =>
  visit({ target: 1 << 16, fate: (n) => (n === 0 ? 'wrong' : undefined) }, async (page, gate) => {
    const other = await page.context().newPage()
    await other.goto(gate.origin + PATH)
    await failureOf(page)
    await page.close()
    expect(await siteOf(other)).toBe(SITE)
  }))

test('the work is stated, and announced once and not with every step', () =>
  visit({ ...ENDLESS, puzzles: 16 }, async (page) => {
    await expect.poll(() => page.textContent('#status'), PATIENT).not.toBe('')
    expect(await page.innerText('#amount')).toBe('About 68,719,476,736 hashes')
    await expect.poll(() => page.textContent('#left'), PATIENT).toContain('seconds left')
    expect(await page.textContent('#status')).toContain('opens by itself')
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true)
  }))

test('the reference can be copied', () =>
  visit(ENDLESS, async (page, gate) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: gate.origin })
    await page.click('#copy')
    await expect.poll(() => page.textContent('#copy'), PATIENT).toBe('Copied')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('r3f-0123456789')
  }))

test('without JavaScript the page says what is needed and whom to ask', () =>
  visit({ javaScriptEnabled: false }, async (page) => {
    expect(await page.innerText('main')).toContain('JavaScript is needed')
    expect(await page.innerText('footer')).toContain('r3f-0123456789')
    expect(await page.isVisible('progress')).toBe(false)
  }))

const looks: Readonly<Record<string, VisitOptions>> = {
  light: { colorScheme: 'light', ...ENDLESS },
  dark: { colorScheme: 'dark', ...ENDLESS },
  phone: { viewport: { width: 360, height: 700 }, ...ENDLESS },
  'phone at 200 %': { viewport: { width: 180, height: 350 }, ...ENDLESS },
  'failed light': { fate: () => 'wrong', colorScheme: 'light' },
  'failed dark': { fate: () => 'wrong', colorScheme: 'dark' },
}
for (const [look, options] of Object.entries(looks))
  test(`axe finds no fault (${look}) and nothing needs sideways scrolling`, () =>
    visit({ ...options, reducedMotion: 'reduce' }, async (page) => {
      if (options.fate) await failureOf(page)
      await page.evaluate('document.getAnimations().forEach((it) => it.finish())')
      await page.click('summary')
      await page.evaluate(AXE)
      const violations = await page.evaluate(
        'axe.run().then((result) => result.violations.map((it) => it.help))',
      )
      expect(violations).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }))
