import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTollgate } from '../app/run.ts'
import { launchChromium } from '../browser.ts'
import { startEchoSite } from './site.ts'

const WORK = 'challenge: { work: 4096, puzzles: 16 }'
let browser: Browser
let site: Awaited<ReturnType<typeof startEchoSite>>
let gate: Awaited<ReturnType<typeof startTollgate>>
let context: BrowserContext
let origin: string
beforeAll(async () => {
  browser = await launchChromium()
  site = await startEchoSite()
  const rules =
    'bots:\n  - { name: hard, action: CHALLENGE, path_regex: ^/hard, challenge: { work: 65536 } }\n  - { name: open, action: ALLOW, path_regex: ^/open }'
  gate = await startTollgate(`upstream: http://127.0.0.1:${site.port}\n${WORK}\n${rules}`)
  origin = `http://127.0.0.1:${gate.port}`
})
afterAll(async () => {
  await browser.close()
  await gate[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})
beforeEach(async () => {
  context = await browser.newContext()
})
afterEach(() => context.close())

const SOLVED = { timeout: 30_000 }
/** Waits until the site itself shows that path. */
const arrive = (page: Page, path: string) => page.locator('#path', { hasText: path }).waitFor(SOLVED)
/** Sends a text through a WebSocket of the page's and gives what comes back. */
const ECHO = `new Promise((resolve, reject) => {
  const socket = new WebSocket('ws://' + location.host + '/echo')
  socket.onopen = () => socket.send('round trip')
  socket.onmessage = ({ data }) => resolve(data)
  socket.onerror = () => reject(new Error('no socket'))
})`

describe('in a real browser', () => {
  test('the challenge is solved and the visitor stands where they were going, query and fragment kept', async () => {
    const page = await context.newPage()
    const seen = site.asked.length
    const url = `${origin}/deep/page?q=1&r=%20x#part`
    const first = await page.goto(url)
    expect(first!.status()).toBe(403)
    await page.waitForSelector('#path', SOLVED)
    expect(page.url()).toBe(url)
    expect(await page.textContent('#path')).toBe(encodeURI('/deep/page?q=1&r=%20x'))
    expect(site.asked.slice(seen)).toEqual(['GET /deep/page?q=1&r=%20x'])
    const cookies = await context.cookies()
    expect(cookies).toMatchObject([
      { name: 'tollgate-pass', httpOnly: true, sameSite: 'Lax', secure: false, path: '/' },
    ])
  })

  test('the pass lets them walk on, and Back leads to where they came from', async () => {
    const page = await context.newPage()
    await page.goto(`${origin}/open/start`)
    await page.goto(`${origin}/one`)
    await page.waitForSelector('#path', SOLVED)
    await arrive(page, '/one')
    await page.click('a')
    await page.waitForURL(`${origin}/next?q=2#there`)
    expect(await page.textContent('h1')).toBe('The site')
    await page.goBack()
    expect(new URL(page.url()).pathname).toBe('/one')
    await page.goBack()
    expect(new URL(page.url()).pathname).toBe('/open/start')
    expect(await page.textContent('h1')).toBe('The site')
  })

  test('ten tabs at once, with one jar of cookies, all arrive', async () => {
    const pages = await Promise.all(Array.from({ length: 10 }, () => context.newPage()))
    await Promise.all(
      pages.map(async (page, i) => {
        await page.goto(`${origin}/tab/${i}?n=${i}`)
        await page.waitForSelector('#path', { timeout: 60_000 })
      }),
    )
    for (const [i, page] of pages.entries())
      expect(await page.textContent('#path')).toBe(encodeURI(`/tab/${i}?n=${i}`))
  })

  test('a page that needs more is solved again, and the first pass loses nothing', async () => {
    const page = await context.newPage()
    await page.goto(`${origin}/easy`)
    await page.waitForSelector('#path', SOLVED)
    await page.goto(`${origin}/hard`)
    await arrive(page, '/hard')
    expect((await page.goto(`${origin}/easy`))!.status()).toBe(200)
    expect((await page.goto(`${origin}/hard`))!.status()).toBe(200)
  })

  test('nothing is loaded from elsewhere and nothing is complained of', async () => {
    const page = await context.newPage()
    const elsewhere: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) elsewhere.push(request.url())
    })
    page.on('console', (message) => {
      // The browser itself notes the status of the challenge page.
      if (!/status of 403/.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`${origin}/quiet`)
    await page.waitForSelector('#path', SOLVED)
    expect(elsewhere.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([])
    expect(complaints).toEqual([])
  })

  test('a fetch without a pass gets a problem it can read, and a WebSocket with one an echo', async () => {
    const page = await context.newPage()
    await page.goto(`${origin}/open/start`)
    const problem = await page.evaluate(async () => {
      const response = await fetch('/api')
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        body: await response.json(),
      }
    })
    expect(problem).toMatchObject({
      status: 403,
      type: 'application/problem+json',
      body: { challenge: { kind: 'pow' } },
    })
    await page.goto(`${origin}/gated`)
    await page.waitForSelector('#path', SOLVED)
    await arrive(page, '/gated')
    const echoed = await page.evaluate(ECHO)
    expect(echoed).toBe('round trip')
  })
})
