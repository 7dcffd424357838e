import { browserOf } from './browser.ts'
import type { Browser } from './browser.ts'
import { browserHeadersOf } from './browser-headers.ts'
import type { FetchSite, Headers } from './browser-headers.ts'
import type { LogEntry } from './entry.ts'
import { ownText } from './own-text.ts'
import { purposeOf } from './purpose.ts'

/** Whether a log without headers is read as if browsers had sent theirs. */
export const ASSUMPTIONS = ['browser', 'none'] as const
export type Assumption = (typeof ASSUMPTIONS)[number]

/** What was assumed of the lines of the logs. */
export interface AssumedCount {
  readonly assumption: Assumption
  /** That were given headers. */
  readonly lines: number
  /** Names of those headers. */
  readonly headers: readonly string[]
}

/** User-Agents whose headers are remembered; with one more all are forgotten. */
const MOST_AGENTS = 1000
/** Longer ones are looked at each time. */
const LONGEST_AGENT = 512

interface Known {
  readonly browser: Browser
  /** By occasion: at most eighty. */
  readonly headers: Map<string, Headers>
}

const hostIn = (referer: string): string => {
  const start = referer.indexOf('//') + 2
  const end = referer.indexOf('/', start)
  return referer.slice(start, end < 0 ? undefined : end).toLowerCase()
}

const withoutPort = (host: string): string => host.replace(/:(?:80|443)$/, '')

const isBelow = (host: string, other: string): boolean => host.endsWith(`.${other}`)

/** A page that names no page before it was asked for in the address bar; of all else only the Referer can tell. */
const siteOf = (isEntrance: boolean, { host, headers }: LogEntry): FetchSite => {
  const { referer } = headers
  if (referer === undefined) return isEntrance ? 'none' : 'same-origin'
  const [there, here] = [withoutPort(hostIn(referer)), withoutPort(host)]
  if (here === '' || there === here) return 'same-origin'
  return isBelow(here, there) || isBelow(there, here) ? 'same-site' : 'cross-site'
}

const withoutAbsent = (headers: Headers, absent: readonly string[]): Headers =>
  absent.length === 0
    ? headers
    : Object.fromEntries(Object.entries(headers).filter(([name]) => !absent.includes(name)))

/**
 * Access logs hold the User-Agent at most, and a rule that weighs missing headers would then weigh every browser. So a
 * request whose User-Agent is a browser's gets the headers which that browser sends; what the log holds stays, and so
 * does what it says was missing. A program that lies about its name is taken for what it says.
 */
export const createAssumed = (assumption: Assumption, usualHost: string) => {
  const agents = new Map<string, Known | undefined>()
  const names = new Set<string>()
  let lines = 0

  const knownOf = (agent: string): Known | undefined => {
    const known = agents.get(agent)
    if (known !== undefined || agents.has(agent)) return known
    const kept = ownText(agent)
    const browser = browserOf(kept)
    const found = browser && { browser, headers: new Map<string, Headers>() }
    if (kept.length > LONGEST_AGENT) return found
    if (agents.size >= MOST_AGENTS) agents.clear()
    agents.set(kept, found)
    return found
  }

  const headersOf = ({ browser, headers }: Known, entry: LogEntry): Headers => {
    const purpose = purposeOf(entry)
    const site = siteOf(purpose === 'document' && entry.method === 'GET', entry)
    const encrypted = entry.scheme !== 'http'
    const key = `${purpose} ${site} ${encrypted}`
    const remembered = headers.get(key)
    if (remembered !== undefined) return remembered
    const built = browserHeadersOf(browser, { purpose, site, encrypted })
    headers.set(key, built)
    for (const name of Object.keys(built)) names.add(name)
    return built
  }

  return {
    /** The entry with what is assumed of it. */
    of(entry: LogEntry): LogEntry {
      if (assumption === 'none' || entry.allHeaders) return entry
      const known = knownOf(entry.headers['user-agent'] ?? '')
      if (known === undefined) return entry
      lines += 1
      const given = headersOf(known, entry.host === '' ? { ...entry, host: usualHost } : entry)
      return { ...entry, headers: { ...withoutAbsent(given, entry.absent), ...entry.headers } }
    },
    count: (): AssumedCount => ({ assumption, lines, headers: [...names].sort() }),
  }
}
