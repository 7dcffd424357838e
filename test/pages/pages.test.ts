import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { gunzipSync, brotliDecompressSync } from 'node:zlib'
import { assert, constantFrom, oneof, property, string } from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createPages } from '../../src/pages/create-pages.ts'
import type { PageParts, Pages } from '../../src/pages/pages.ts'
import { createSplice } from '../../src/pages/splice.ts'
import { CHALLENGE_ELEMENT_ID, type PageChallenge, TEXTS_ELEMENT_ID } from '../../src/protocol.ts'
import { ensureWebBuilt } from '../../web/build.ts'

let pages: Pages
beforeAll(async () => {
  await ensureWebBuilt()
  pages = createPages({ basePath: '/.tollgate' })
})

const CHALLENGE: PageChallenge = {
  id: 'x'.repeat(160),
  kind: 'pow',
  seed: 'A'.repeat(43),
  puzzles: 16,
  target: 65_536,
  expires: 2_000_000_000,
  answer: '/.tollgate/answer',
  reference: 'abc-123',
}
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"\\\n\r\t\0',
  '\u2028\u2029',
  'é€😀',
  '\ud800',
  '&<>"\'',
  '{{title}}{{{style}}}',
]

const header = (parts: { readonly headers: readonly string[] }, name: string): string | undefined =>
  parts.headers[parts.headers.findIndex((value, i) => i % 2 === 0 && value === name) + 1]
const bytes = (parts: PageParts): Buffer => Buffer.from(parts.body, 'latin1')
const scriptText = (html: string, id: string): string =>
  new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, 's').exec(html)?.[1] ?? ''

test('the gzip page is the plain page, whatever stands in the challenge', () => {
  assert(
    property(
      oneof(string({ unit: 'binary' }), constantFrom(...HOSTILE)),
      oneof(string({ unit: 'binary' }), constantFrom(...HOSTILE)),
      (id, reference) => {
        const challenge = { ...CHALLENGE, id, reference }
        const zipped = pages.challengePage(challenge, true)
        const plain = pages.challengePage(challenge, false)
        expect(gunzipSync(bytes(zipped)).equals(bytes(plain))).toBe(true)
        for (const parts of [zipped, plain]) {
          expect(header(parts, 'content-length')).toBe(String(parts.body.length))
          expect(/[^\0-\xff]/.test(parts.body)).toBe(false)
        }
        const html = bytes(plain).toString('utf8')
        expect(JSON.parse(scriptText(html, CHALLENGE_ELEMENT_ID))).toEqual(challenge)
      },
    ),
  )
})

test('gzip itself accepts the page', () => {
  const input = bytes(pages.challengePage(CHALLENGE, true))
  expect(() => execFileSync('gzip', ['-t'], { input })).not.toThrow()
})

test('what changes may be longer than one stored block', () => {
  const splice = createSplice('head ü'.repeat(9), 'tail')
  for (const length of [0, 1, 65_535, 65_536, 200_000]) {
    const middle = 'm'.repeat(length)
    const whole = gunzipSync(Buffer.from(splice(middle), 'latin1')).toString('latin1')
    expect(whole).toBe(`${'head ü'.repeat(9)}${middle}tail`)
  }
})

test('no value can end its element', () => {
  for (const value of HOSTILE) {
    const body = bytes(pages.challengePage({ ...CHALLENGE, id: value, reference: value }, false)).toString(
      'utf8',
    )
    const clean = bytes(pages.challengePage(CHALLENGE, false)).toString('utf8')
    expect(body.match(/<[a-z!/]/gi)).toEqual(clean.match(/<[a-z!/]/gi))
  }
})

test('the page may be stored nowhere and runs only its own script and style', () => {
  const parts = pages.challengePage(CHALLENGE, false)
  const html = bytes(parts).toString('utf8')
  const policy = header(parts, 'content-security-policy') ?? ''
  const hashOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  expect(policy).toContain(
    `script-src ${hashOf(/<script data-worker="[^"]*">(.*?)<\/script>/s.exec(html)?.[1])}`,
  )
  expect(policy).toContain(`style-src ${hashOf(/<style>(.*?)<\/style>/s.exec(html)?.[1])}`)
  expect(policy).not.toContain('unsafe')
  expect(header(parts, 'cache-control')).toBe('no-store')
  expect(header(parts, 'vary')).toBe('accept-encoding')
  expect(parts.headers).not.toContain('content-encoding')
  expect(html).not.toMatch(/\{\{/)
  expect(Object.keys(JSON.parse(scriptText(html, TEXTS_ELEMENT_ID)) as object)).toContain('failures')
})

test('page and worker weigh at most 14 KB compressed', () => {
  const page = pages.challengePage(CHALLENGE, true)
  const name = /assets\/([^"]+)"/.exec(pages.challengePage(CHALLENGE, false).body)?.[1] ?? ''
  const worker = pages.asset(name, 'gzip')
  expect(page.body.length + (worker?.body.length ?? Infinity)).toBeLessThanOrEqual(14 * 1024)
})

test('assets come as the client can read them, for ever, with a policy of their own', () => {
  const name = /assets\/([^"]+)"/.exec(pages.challengePage(CHALLENGE, false).body)?.[1] ?? ''
  const plain = pages.asset(name, undefined)
  const unzip = { br: brotliDecompressSync, gzip: gunzipSync }
  for (const [accepted, coding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['BR;q=0, gzip;q=0.5', 'gzip'],
  ] as const) {
    const asset = pages.asset(name, accepted)!
    expect(header(asset, 'content-encoding')).toBe(coding)
    expect(header(asset, 'content-length')).toBe(String(asset.body.length))
    expect(unzip[coding](asset.body).equals(plain!.body)).toBe(true)
  }
  expect(plain!.headers).not.toContain('content-encoding')
  expect(header(plain!, 'cache-control')).toContain('immutable')
  expect(header(plain!, 'content-type')).toMatch(/^text\/javascript/)
  expect(header(plain!, 'content-security-policy')).toContain("'wasm-unsafe-eval'")
  for (const absent of ['', 'nothing.js', '../manifest.json', '__proto__', 'constructor'])
    expect(pages.asset(absent, 'gzip')).toBeUndefined()
})

test('a refusal shows its texts escaped, its reference, and no script', () => {
  for (const value of HOSTILE) {
    const refusal = { status: 403, title: value, text: value, reference: value, returnPath: '/a?b=1&c="' }
    const parts = pages.refusalPage(refusal)
    const html = bytes(parts).toString('utf8')
    expect(html).not.toMatch(/<script|<!--/)
    expect(html).toContain('href="/a?b=1&amp;c=&quot;"')
    expect(header(parts, 'content-length')).toBe(String(parts.body.length))
    expect(header(parts, 'content-security-policy')).not.toContain('script-src')
    expect(header(parts, 'cache-control')).toBe('no-store')
  }
})

test('a refusal links to paths of this origin only', () => {
  const linked = (returnPath: string) =>
    pages.refusalPage({ status: 502, title: 't', text: 't', reference: 'r', returnPath }).body.includes('<a ')
  expect(['/', '/a/b?c#d', '/%2f/'].map(linked)).toEqual([true, true, true])
  const foreign = [
    '//evil',
    '/\\evil',
    'https://evil/',
    'javascript:alert(1)',
    '',
    '/\t/evil',
    '/a\nb',
    '/a\\b',
  ]
  expect(foreign.filter(linked)).toEqual([])
})

test('a problem document survives hostile texts', () => {
  for (const value of HOSTILE) {
    const problem = { type: 'about:blank', title: value, status: 403, detail: value, reference: 'r' }
    const parts = pages.problem(problem)
    expect(JSON.parse(bytes(parts).toString('utf8'))).toEqual(problem)
    expect(header(parts, 'content-type')).toBe('application/problem+json')
    expect(header(parts, 'content-length')).toBe(String(parts.body.length))
  }
})

test('without built files the fault says how to build them', () => {
  expect(() => createPages({ assetsDir: '/nowhere', basePath: '' })).toThrow(/web\/build\.ts/)
})
