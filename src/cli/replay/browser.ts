import { isBrowserLike } from './browser-like.ts'

/** What a browser sends depends on its engine, not on its name: on an iPhone every browser is Safari's. */
export type Engine = 'chromium' | 'gecko' | 'webkit'

/** A browser as its User-Agent tells it. */
export interface Browser {
  readonly engine: Engine
  /** Of Chromium and of Firefox the major version; of Safari both parts, 16.4 as 1604. 0: not told. */
  readonly version: number
  readonly agent: string
}

const MICROSOFT = /Trident\/|MSIE /
const CHROMIUM = /Chrom(?:e|ium)\/(\d{1,4})/
const FIREFOX = /Gecko\/\S+ Firefox\/(\d{1,4})/
const SAFARI = /Version\/(\d{1,3})\.(\d{1,2})/
const IOS = /\((?:iPhone|iPad|iPod)[^)]* OS (\d{1,3})_(\d{1,2})/

const webkitVersion = (agent: string): number => {
  const [, major = 0, minor = 0] = SAFARI.exec(agent) ?? IOS.exec(agent) ?? []
  return Number(major) * 100 + Number(minor)
}

/** Undefined: no browser, or one of which nobody knows what it sends. */
export const browserOf = (agent: string): Browser | undefined => {
  if (!isBrowserLike(agent) || MICROSOFT.test(agent)) return undefined
  const chromium = CHROMIUM.exec(agent)
  if (chromium !== null) return { engine: 'chromium', version: Number(chromium[1]), agent }
  if (agent.includes('AppleWebKit/')) return { engine: 'webkit', version: webkitVersion(agent), agent }
  return { engine: 'gecko', version: Number(FIREFOX.exec(agent)?.[1] ?? 0), agent }
}
