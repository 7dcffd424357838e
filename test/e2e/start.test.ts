import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../browser.ts'
import { pictureFile } from './pictures.ts'
import { run, type Running } from './process.ts'

const SITE = 'http://127.0.0.1:8923'
const ADMIN = 'http://127.0.0.1:9090'

let started: Running
let browser: Browser

beforeAll(async () => {
  started = run('npm', ['start'])
  browser = await launchChromium()
  await started.seen(/admin {2}http:\/\/127\.0\.0\.1:9090/)
})

afterAll(async () => {
  await browser.close()
  await started[Symbol.asyncDispose]()
})

test('npm start prints where the site and the dashboard are', () => {
  expect(started.text()).toContain(`site   ${SITE}`)
  expect(started.text()).toContain(`admin  ${ADMIN}`)
})

test('a newcomer’s browser solves the challenge and sees the demo site at the address it asked for', async () => {
  const page = await browser.newPage({ viewport: { width: 900, height: 640 } })
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().startsWith(`${SITE}/hello`)) statuses.push(response.status())
  })
  await page.goto(`${SITE}/hello?to=you#here`)
  await page.getByRole('heading', { name: 'You are in.' }).waitFor()
  expect(page.url()).toBe(`${SITE}/hello?to=you#here`)
  expect(statuses).toEqual([403, 200])
  await page.screenshot({ path: pictureFile('demo') })
  const cookies = await page.context().cookies()
  expect(
    cookies.map(({ name, httpOnly, sameSite, secure }) => ({ name, httpOnly, sameSite, secure })),
  ).toEqual([{ name: 'tollgate-pass', httpOnly: true, sameSite: 'Lax', secure: false }])
})

test('the dashboard shows the challenge that was solved', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await page.goto(ADMIN)
  const funnel = await (await fetch(`${ADMIN}/api/snapshot`)).json()
  expect(funnel).toMatchObject({ funnel: { solved: 1 } })
  await page
    .getByRole('heading', { name: /challenges|funnel/i })
    .first()
    .waitFor()
  await page.screenshot({ path: pictureFile('dashboard') })
})

test('the healthcheck of a running gateway ends with 0', async () => {
  const ready = await fetch(`${ADMIN}/readyz`)
  expect(ready.status).toBe(200)
})
