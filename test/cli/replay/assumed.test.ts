import { describe, expect, test } from 'vitest'
import { createPolicyCompiler } from '../../../src/app/site-policy.ts'
import { sitePlansOf } from '../../../src/app/site-plan.ts'
import { NO_SENSES } from '../../../src/app/world/senses.ts'
import { parseAddress } from '../../../src/base/address.ts'
import { createAssumed } from '../../../src/cli/replay/assumed.ts'
import type { Assumption } from '../../../src/cli/replay/assumed.ts'
import { createBelieved } from '../../../src/cli/replay/believed.ts'
import type { LogEntry } from '../../../src/cli/replay/entry.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { REAL_BROWSERS } from './real-browsers.ts'
import { openFolder } from './stage.ts'

const policyOf = (file: string) => {
  const loaded = loadConfig({ file, env: {} })
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message)
  const [plan] = sitePlansOf(loaded.config, { kind: 'unix', path: '/' })
  return createPolicyCompiler(NO_SENSES).policyOf(plan)
}

const folder = openFolder()
const picky = folder.write(
  'picky.yaml',
  'default: CHALLENGE\nbots: [{import: (data)/common/acts-like-browser.yaml}]\n',
)
const POLICIES = { default: policyOf('data/default.yaml'), picky: policyOf(picky) }
folder.remove()

const believed = createBelieved({ trusted: [], host: 'a.example' })

const entryOf = (agent: string, more: Partial<LogEntry> = {}): LogEntry => ({
  address: parseAddress('192.0.2.1')!,
  method: 'GET',
  target: '/page',
  host: '',
  scheme: undefined,
  headers: agent === '' ? {} : { 'user-agent': agent },
  allHeaders: false,
  absent: [],
  status: 200,
  time: undefined,
  ...more,
})

const judged = async (
  entry: LogEntry,
  assumption: Assumption = 'browser',
  policy: keyof typeof POLICIES = 'default',
) => {
  const { of } = createAssumed(assumption, 'a.example')
  const { rule, weight } = await POLICIES[policy].evaluate(believed(of(entry)))
  return { rule, weight }
}

const agentOf = (headers: Readonly<Record<string, string>>): string => headers['user-agent'] ?? ''

describe.each(Object.entries(REAL_BROWSERS))('%s, replayed', (_, real) => {
  const bare = entryOf(agentOf(real))
  const whole = entryOf('', { headers: real, allHeaders: true })

  test('weighs what it weighs with its real headers, and is an ordinary browser', async () => {
    expect(await judged(bare)).toEqual({ rule: 'threshold/ordinary-browser', weight: 5 })
    expect(await judged(bare)).toEqual(await judged(whole))
    expect(await judged(bare, 'browser', 'picky')).toEqual(await judged(whole, 'browser', 'picky'))
    expect((await judged(bare, 'none')).weight).toBeGreaterThan(5)
  })

  test('is given the names that it sends, no more, and the values that do not depend on its owner', () => {
    const { headers } = createAssumed('browser', '').of(bare)
    const { priority: _priority, 'sec-ch-ua': brands = '', ...others } = real
    const { 'sec-ch-ua': assumedBrands = '', ...assumed } = headers
    expect(assumed).toEqual({ ...others, 'accept-language': 'en' })
    expect(
      assumedBrands
        .match(/"[^"]*[a-z] ?[A-Z]?[a-z]*";v="\d+/g)
        ?.filter(isTelling)
        .sort(),
    ).toEqual(
      brands
        .match(/"[^"]*[a-z] ?[A-Z]?[a-z]*";v="\d+/g)
        ?.filter(isTelling)
        .sort(),
    )
  })

  test.each(['/style.css?v=1', '/a.js', '/b.mjs', '/c.PNG', '/d.woff2', '/e.json'])(
    'asks for %s as an ordinary browser does',
    async (target) => {
      expect((await judged({ ...bare, target })).rule).toBe('threshold/ordinary-browser')
    },
  )
})

/** Not the brand that is only there to be ignored. */
const isTelling = (brand: string): boolean => !/Not.?A/.test(brand)

test.each([
  'curl/8.9.1',
  'python-requests/2.32',
  'Mozilla/5.0 (compatible; GPTBot/1.2)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)',
  'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)',
  'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
  '',
])('"%s" stays what it is', (agent) => {
  const assumed = createAssumed('browser', '')
  const entry = entryOf(agent)
  expect(assumed.of(entry)).toBe(entry)
  expect(assumed.count()).toEqual({ assumption: 'browser', lines: 0, headers: [] })
})

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome'
const headersOf = (agent: string, more: Partial<LogEntry> = {}) =>
  createAssumed('browser', 'a.example').of(entryOf(agent, more)).headers

describe('by version', () => {
  const firefox = (version: number): string =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
  const safari = (version: string): string =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`

  test.each([
    [`${CHROME}/79.0.0.0 Safari/537.36`, false, false],
    [`${CHROME}/80.0.0.0 Safari/537.36`, true, false],
    [`${CHROME}/89.0.0.0 Safari/537.36`, true, true],
    [`${CHROME}/64.0.0.0 Safari/537.36 Edge/17.17134`, false, false],
    [firefox(89), false, false],
    [firefox(90), true, false],
    [safari('16.3'), false, false],
    [safari('16.4'), true, false],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Goanna/6.7 PaleMoon/33.4', false, false],
  ])('%s sends fetch metadata: %s, client hints: %s', (agent, metadata, hints) => {
    const headers = headersOf(agent)
    expect(['sec-fetch-dest' in headers, 'sec-ch-ua' in headers]).toEqual([metadata, hints])
    expect(headers).toMatchObject({ 'accept-language': 'en' })
  })
})

describe('by request', () => {
  const agent = `${CHROME}/140.0.0.0 Safari/537.36`
  const metadata = (more: Partial<LogEntry>) => {
    const headers = headersOf(agent, more)
    const [site, mode, destination] = ['site', 'mode', 'dest'].map((name) => headers[`sec-fetch-${name}`])
    return [site, mode, destination, headers['accept']?.split(/[,;]/)[0], headers['accept-encoding']]
  }
  const ALL = 'gzip, deflate, br, zstd'

  test.each([
    ['GET', '/', 'none', 'navigate', 'document', 'text/html', ALL],
    ['GET', '/v1.2', 'none', 'navigate', 'document', 'text/html', ALL],
    ['GET', '/?a=/b.css', 'none', 'navigate', 'document', 'text/html', ALL],
    ['POST', '/login', 'same-origin', 'navigate', 'document', 'text/html', ALL],
    ['PUT', '/a', 'same-origin', 'cors', 'empty', '*/*', ALL],
    ['GET', '/a.css?v', 'same-origin', 'no-cors', 'style', 'text/css', ALL],
    ['GET', '/a.js', 'same-origin', 'no-cors', 'script', '*/*', ALL],
    ['GET', '/a.mjs', 'same-origin', 'cors', 'script', '*/*', ALL],
    ['GET', '/a.JPG', 'same-origin', 'no-cors', 'image', 'image/avif', ALL],
    ['GET', '/a.woff2', 'same-origin', 'cors', 'font', '*/*', ALL],
    ['GET', '/a.webmanifest', 'same-origin', 'cors', 'manifest', '*/*', ALL],
    ['GET', '/a.mp4', 'same-origin', 'no-cors', 'video', '*/*', 'identity'],
    ['GET', '/constructor', 'none', 'navigate', 'document', 'text/html', ALL],
  ])('%s %s', (method, target, ...expected) => {
    expect(metadata({ method, target })).toEqual(expected)
  })

  test.each([
    ['https://a.example/x', '', 'same-origin'],
    ['https://a.example/x', 'a.example:443', 'same-origin'],
    ['https://www.a.example/x', 'a.example', 'same-site'],
    ['https://search.example', 'a.example', 'cross-site'],
  ])('of a page that was linked from %s on host "%s" the site is %s', (referer, host, site) => {
    const headers = { 'user-agent': agent, referer }
    expect(metadata({ headers, host })[0]).toBe(site)
  })

  test('without TLS nothing is said that is only said over TLS', () => {
    const names = Object.keys(headersOf(agent, { scheme: 'http' }))
    expect(names.filter((name) => name.startsWith('sec-'))).toEqual([])
    expect(headersOf(agent, { scheme: 'http' })).toMatchObject({ 'accept-encoding': 'gzip, deflate' })
  })
})

describe('what the log holds', () => {
  const agent = `${CHROME}/140.0.0.0 Safari/537.36`

  test('is never replaced', () => {
    const headers = { 'user-agent': agent, 'accept-language': 'de', 'sec-fetch-mode': 'cors' }
    expect(headersOf('', { headers })).toMatchObject(headers)
  })

  test('is not filled in where it says that there was nothing', () => {
    const headers = headersOf(agent, { absent: ['accept-language', 'sec-ch-ua'] })
    expect(Object.keys(headers)).not.toContain('accept-language')
    expect(Object.keys(headers)).not.toContain('sec-ch-ua')
    expect(headers).toHaveProperty('accept')
  })

  test('is taken at its word when it is all headers', () => {
    const whole = entryOf(agent, { allHeaders: true })
    expect(createAssumed('browser', '').of(whole)).toBe(whole)
  })
})

test('more User-Agents than are remembered get the same headers, and every line is counted', () => {
  const assumed = createAssumed('browser', '')
  const versions = Array.from({ length: 2500 }, (_, at) => `${CHROME}/140.0.${at}.0 Safari/537.36`)
  const first = assumed.of(entryOf(versions[0]!)).headers
  for (const version of versions) assumed.of(entryOf(version))
  expect(assumed.of(entryOf(versions[0]!)).headers).toEqual(first)
  expect(assumed.count()).toMatchObject({ assumption: 'browser', lines: 2502 })
  expect(assumed.count().headers).toHaveLength(11)
  const long = entryOf(`${versions[0]} ${'x'.repeat(600)}`)
  for (const _ of [1, 2]) expect(assumed.of(long).headers).toEqual({ ...first, ...long.headers })
})
