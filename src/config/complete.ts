import { adminOf, logOf, warnOfUnbuilt } from './anubis-options.ts'
import type { Fault } from './fault.ts'
import { originsOf } from './origins.ts'
import type { Path, Places } from './places.ts'
import type { RuleEntry } from './rule-lists.ts'
import type { Config, ParsedDocument } from './schema.ts'
import { siteOf } from './sites.ts'
import type { SiteConfig, SiteParts } from './sites.ts'

export interface CompleteParts {
  readonly parsed: ParsedDocument
  readonly places: Places
  /** The rules of the list that stands at a path. */
  readonly entriesAt: (path: Path) => readonly RuleEntry[]
  /** What `workers: auto` stands for. */
  readonly cores: number
}

export interface CompletedConfig {
  readonly config: Config
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

const HASHES_PER_PUZZLE = 2 ** 32

const siteFaults = (key: string, { challenge }: SiteConfig, places: Places): Fault[] => {
  const { work, puzzles } = challenge
  if (work >= puzzles && work <= puzzles * HASHES_PER_PUZZLE) return []
  const path = ['sites', key, 'challenge', 'work']
  const message = `${places.text(path)} must be from ${puzzles} to ${puzzles} × 4294967296, the number of puzzles`
  return [{ ...places.nearest(path).value, message }]
}

/** Makes the configuration of a document that is well-formed: sections of Anubis become ours, sites are filled in. */
export const completeConfig = ({ parsed, places, entriesAt, cores }: CompleteParts): CompletedConfig => {
  const warnings: Fault[] = []
  const warn = (path: readonly string[], message: string): void =>
    void warnings.push({ ...places.nearest(path).value, message: `${places.text(path)} ${message}` })
  const { workers, sites, logging, metrics, honeypot, openGraph, impressum, ...rest } = parsed
  const sections = {
    ...(logging === undefined ? {} : { logging }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(honeypot === undefined ? {} : { honeypot }),
    ...(openGraph === undefined ? {} : { openGraph }),
    ...(impressum === undefined ? {} : { impressum }),
  }
  warnOfUnbuilt(sections, warn)
  const top = { ...rest, origins: originsOf(entriesAt(['bots'])) }
  const parts: SiteParts = top
  const siteList = Object.entries(sites).map(([key, options]) => ({
    key,
    site: siteOf(key, options, parts, originsOf(entriesAt(['sites', key, 'bots']))),
  }))
  const config: Config = {
    ...top,
    log: logOf(sections, rest.log, warn),
    admin: adminOf(sections, rest.admin, warn),
    workers: workers === 'auto' ? cores : workers,
    sites: siteList.map(({ site }) => site),
  }
  return { config, faults: siteList.flatMap(({ key, site }) => siteFaults(key, site, places)), warnings }
}
