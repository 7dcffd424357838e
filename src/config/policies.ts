import type { Fault } from './fault.ts'
import type { Path, Places } from './places.ts'
import { policyFindings } from './policy-faults.ts'
import type { PolicyDocument, PolicyFindings } from './policy-faults.ts'
import type { RuleEntry } from './rule-lists.ts'

type Mapping = Readonly<Record<string, unknown>>

export interface PoliciesParts {
  readonly data: Mapping
  readonly places: Places
  /** The rules of the list that stands at a path. */
  readonly entriesAt: (path: Path) => readonly RuleEntry[]
  readonly lenient: boolean
}

/** What a site may say otherwise than the top level, as far as its policy depends on it. */
const SECTIONS = ['bots', 'thresholds', 'default', 'challenge', 'dnsbl'] as const

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isImported = (entry: RuleEntry | undefined, main: string): boolean =>
  entry !== undefined && entry.places.nearest([]).key.file !== main

/** The document of a site with what it takes from the top level. */
const siteData = (data: Mapping, site: Mapping): Mapping => {
  const { challenge } = site
  const merged =
    isMapping(challenge) && isMapping(data['challenge']) ? { ...data['challenge'], ...challenge } : challenge
  const own = SECTIONS.filter((section) => Object.hasOwn(site, section))
  return {
    ...data,
    ...Object.fromEntries(own.map((section) => [section, section === 'challenge' ? merged : site[section]])),
  }
}

/** What compiling the policy of the top level and of each site that differs from it finds. */
export const policiesFindings = ({ data, places, entriesAt, lenient }: PoliciesParts): PolicyFindings => {
  const main = places.nearest([]).key.file
  const document = (own: Mapping, pathOf: PolicyDocument['pathOf']): PolicyDocument => ({
    data: own,
    places,
    pathOf,
    imported: (index) => isImported(entriesAt(pathOf('bots'))[index], main),
    lenient,
  })
  const sites = isMapping(data['sites']) ? Object.entries(data['sites']) : []
  const documents = sites.flatMap(([host, site]): PolicyDocument[] => {
    if (!isMapping(site) || !SECTIONS.some((section) => Object.hasOwn(site, section))) return []
    const pathOf = (section: string): Path =>
      Object.hasOwn(site, section) ? ['sites', host, section] : [section]
    return [document(siteData(data, site), pathOf)]
  })
  const faults: Fault[] = []
  const warnings: Fault[] = []
  for (const each of [document(data, (section) => [section]), ...documents]) {
    const found = policyFindings(each)
    faults.push(...found.faults)
    warnings.push(...found.warnings)
  }
  return { faults, warnings }
}
