import type { Browser, Engine } from './browser.ts'
import type { Purpose } from './purpose.ts'

/** Where a request came from: `none` is the address bar. */
export type FetchSite = 'none' | 'same-origin' | 'same-site' | 'cross-site'

/** One kind of request of a browser. */
export interface Occasion {
  readonly purpose: Purpose
  readonly site: FetchSite
  /** Sent over TLS. */
  readonly encrypted: boolean
}

export type Headers = Readonly<Record<string, string>>

/** By engine: from which version on it sends what; the newest first. */
type Since = Readonly<Record<Engine, readonly (readonly [version: number, value: string])[]>>

const XHTML = 'text/html,application/xhtml+xml,application/xml;q=0.9'

const PAGE_ACCEPT: Since = {
  chromium: [
    [85, `${XHTML},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7`],
    [0, `${XHTML},image/webp,image/apng,*/*;q=0.8`],
  ],
  gecko: [
    [132, `${XHTML},*/*;q=0.8`],
    [128, `${XHTML},image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8`],
    [92, `${XHTML},image/avif,image/webp,*/*;q=0.8`],
    [0, `${XHTML},image/webp,*/*;q=0.8`],
  ],
  webkit: [[0, `${XHTML},*/*;q=0.8`]],
}

const IMAGE_ACCEPT: Since = {
  chromium: [
    [85, 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'],
    [0, 'image/webp,image/apng,image/*,*/*;q=0.8'],
  ],
  gecko: [
    [128, 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'],
    [92, 'image/avif,image/webp,*/*'],
    [0, 'image/webp,*/*'],
  ],
  webkit: [
    [1604, 'image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'],
    [0, 'image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5'],
  ],
}

const ENCODINGS: Since = {
  chromium: [
    [123, 'gzip, deflate, br, zstd'],
    [0, 'gzip, deflate, br'],
  ],
  gecko: [
    [126, 'gzip, deflate, br, zstd'],
    [0, 'gzip, deflate, br'],
  ],
  webkit: [[0, 'gzip, deflate, br']],
}

const sinceOf = (table: Since, { engine, version }: Browser): string =>
  table[engine].find(([from]) => version >= from)?.[1] ?? ''

const acceptOf = (browser: Browser, purpose: Purpose): string => {
  if (purpose === 'document') return sinceOf(PAGE_ACCEPT, browser)
  if (purpose === 'image') return sinceOf(IMAGE_ACCEPT, browser)
  return purpose === 'style' ? 'text/css,*/*;q=0.1' : '*/*'
}

/** Parts of a film are asked for as they are; without TLS nobody offers more than gzip. */
const encodingOf = (browser: Browser, { purpose, encrypted }: Occasion): string => {
  if (purpose === 'video' || purpose === 'audio') return 'identity'
  return encrypted ? sinceOf(ENCODINGS, browser) : 'gzip, deflate'
}

/** Safari asks for https where it is not on it yet, the others always. */
const upgradeOf = ({ engine }: Browser, { purpose, encrypted }: Occasion): Headers =>
  purpose !== 'document' || (engine === 'webkit' && encrypted) ? {} : { 'upgrade-insecure-requests': '1' }

const FETCH_METADATA: Readonly<Record<Engine, number>> = { chromium: 80, gecko: 90, webkit: 1604 }

const CORS: ReadonlySet<Purpose> = new Set(['module', 'font', 'manifest', 'fetch'])
const DESTINATIONS: Partial<Readonly<Record<Purpose, string>>> = { module: 'script', fetch: 'empty' }

/** WebKit knows no Sec-Fetch-User. */
const fetchMetadataOf = ({ engine, version }: Browser, { purpose, site }: Occasion): Headers => {
  if (version < FETCH_METADATA[engine]) return {}
  const mode = CORS.has(purpose) ? 'cors' : 'no-cors'
  return {
    'sec-fetch-site': site,
    'sec-fetch-mode': purpose === 'document' ? 'navigate' : mode,
    ...(purpose === 'document' && engine !== 'webkit' ? { 'sec-fetch-user': '?1' } : {}),
    'sec-fetch-dest': DESTINATIONS[purpose] ?? purpose,
  }
}

const BRANDS: readonly (readonly [name: string, version: RegExp])[] = [
  ['Microsoft Edge', /EdgA?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Android WebView', /; wv\).* Chrome\/(\d+)/],
]

const brandOf = ({ agent, version }: Browser): string => {
  for (const [name, pattern] of BRANDS) {
    const own = pattern.exec(agent)?.[1]
    if (own !== undefined) return `"${name}";v="${own}"`
  }
  return `"Google Chrome";v="${version}"`
}

/** The first word that stands in the User-Agent; Android calls itself Linux too. */
const PLATFORMS: readonly (readonly [word: string, platform: string])[] = [
  ['Windows NT', 'Windows'],
  ['Android', 'Android'],
  ['Macintosh', 'macOS'],
  ['CrOS', 'Chrome OS'],
]

const platformOf = (agent: string): string => PLATFORMS.find(([word]) => agent.includes(word))?.[1] ?? 'Linux'

const HINTS = 89
const PLATFORM_HINT = 93

const clientHintsOf = (browser: Browser): Headers => {
  const { engine, version, agent } = browser
  if (engine !== 'chromium' || version < HINTS) return {}
  return {
    'sec-ch-ua': `"Chromium";v="${version}", ${brandOf(browser)}, "Not?A_Brand";v="99"`,
    'sec-ch-ua-mobile': /\bMobile\b/.test(agent) ? '?1' : '?0',
    ...(version >= PLATFORM_HINT ? { 'sec-ch-ua-platform': `"${platformOf(agent)}"` } : {}),
  }
}

/**
 * The headers that a browser sends of itself, but for those that name the request. Browsers send Sec-* over TLS only.
 * Versions are those of MDN's tables; media and fonts are asked for with any type, where Firefox lists some.
 */
export const browserHeadersOf = (browser: Browser, occasion: Occasion): Headers => ({
  accept: acceptOf(browser, occasion.purpose),
  'accept-language': 'en',
  'accept-encoding': encodingOf(browser, occasion),
  ...upgradeOf(browser, occasion),
  ...(occasion.encrypted ? { ...fetchMetadataOf(browser, occasion), ...clientHintsOf(browser) } : {}),
})
