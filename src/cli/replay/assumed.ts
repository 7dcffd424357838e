import { isBrowserLike } from './browser-like.ts'
import type { LogEntry } from './entry.ts'

/** Whether a log without headers is read as if browsers had sent theirs. */
export const ASSUMPTIONS = ['browser', 'none'] as const
export type Assumption = (typeof ASSUMPTIONS)[number]

type Headers = Record<string, string>

/** What a browser asks for by the end of a path: destination and `Accept`. A page ends in none of these. */
const PARTS: readonly (readonly [end: RegExp, destination: string, accept: string])[] = [
  [/\.css$/i, 'style', 'text/css,*/*;q=0.1'],
  [/\.m?js$/i, 'script', '*/*'],
  [/\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, 'image', 'image/avif,image/webp,*/*;q=0.8'],
  [/\.(?:woff2?|ttf|otf|eot)$/i, 'font', '*/*'],
  [/\.(?:mp4|webm|ogv)$/i, 'video', '*/*'],
  [/\.(?:mp3|ogg|oga|wav|flac)$/i, 'audio', '*/*'],
]

const PAGE_ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8'

const majorOf = (agent: string, name: RegExp): number => Number(name.exec(agent)?.[1] ?? 0)

/** Chromium 80, Firefox 90 and Safari 16.4 brought Sec-Fetch-*; they send it over TLS only. */
const sendsFetchMetadata = (agent: string): boolean => {
  const chrome = majorOf(agent, /Chrome\/(\d+)/)
  if (chrome > 0) return chrome >= 80
  const firefox = majorOf(agent, /Firefox\/(\d+)/)
  if (firefox > 0) return firefox >= 90
  const [, major = '0', minor = '0'] = /Version\/(\d+)\.(\d+).*Safari\//.exec(agent) ?? []
  return Number(major) * 100 + Number(minor) >= 1604
}

const platformOf = (agent: string): string => {
  if (agent.includes('Windows NT')) return 'Windows'
  if (agent.includes('Android')) return 'Android'
  if (agent.includes('Macintosh')) return 'macOS'
  return agent.includes('CrOS') ? 'Chrome OS' : 'Linux'
}

/** Chromium 89 brought client hints; others never send them, and neither do Chromium's names on iOS. */
const clientHints = (agent: string): Headers => {
  const chrome = majorOf(agent, /Chrome\/(\d+)/)
  if (chrome < 89) return {}
  const edge = majorOf(agent, /Edg\/(\d+)/)
  const brand = edge > 0 ? `"Microsoft Edge";v="${edge}"` : `"Google Chrome";v="${chrome}"`
  return {
    'sec-ch-ua': `"Chromium";v="${chrome}", ${brand}, "Not?A_Brand";v="99"`,
    'sec-ch-ua-mobile': /Mobile/.test(agent) ? '?1' : '?0',
    'sec-ch-ua-platform': `"${platformOf(agent)}"`,
  }
}

const fetchMetadata = (destination: string | undefined): Headers =>
  destination === undefined
    ? {
        'sec-fetch-site': 'none',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-user': '?1',
        'sec-fetch-dest': 'document',
      }
    : { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': destination }

const browserHeaders = ({ target, scheme }: LogEntry, agent: string): Headers => {
  const path = target.split('?', 1)[0] ?? ''
  const [, destination, accept] = PARTS.find(([end]) => end.test(path)) ?? []
  return {
    accept: accept ?? PAGE_ACCEPT,
    'accept-language': 'en',
    'accept-encoding': 'gzip, deflate, br',
    ...(destination === undefined ? { 'upgrade-insecure-requests': '1' } : {}),
    ...(scheme !== 'http' && sendsFetchMetadata(agent) ? fetchMetadata(destination) : {}),
    ...(scheme === 'http' ? {} : clientHints(agent)),
  }
}

/**
 * Access logs hold the User-Agent at most, and a rule that weighs missing headers would then weigh every browser. So a
 * request whose User-Agent is a browser's gets the headers which that browser sends; what the log holds stays. A
 * program that lies about its name is taken for what it says.
 */
export const createAssumed = (assumption: Assumption) => {
  let lines = 0
  return {
    /** The entry with what is assumed of it. */
    of(entry: LogEntry): LogEntry {
      const agent = entry.headers['user-agent'] ?? ''
      const isAsked = assumption === 'browser' && !entry.allHeaders
      if (!isAsked || !isBrowserLike(agent)) return entry
      lines += 1
      return { ...entry, headers: { ...browserHeaders(entry, agent), ...entry.headers } }
    },
    /** Of how many lines something was assumed. */
    lines: () => lines,
  }
}
