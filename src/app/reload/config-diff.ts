import type { Config } from '../../config/schema.ts'
import { listChanges, optionChanges, type Named } from './rule-diff.ts'
import { shownAt } from './shown-option.ts'
import { DEFAULT_SITE } from '../site-plan.ts'

/** A reload that changes more is told in this many lines, and how many more there would be. */
const MOST_LINES = 200

/** A site, or the top level of the document, which is the default site. */
type SiteOptions = Readonly<Record<string, unknown>> & { readonly name?: string }

/** Told apart from the other options, for each site alone. */
const OF_A_SITE = new Set([
  'bots',
  'thresholds',
  'default',
  'upstream',
  'name',
  'hosts',
  'sites',
  'origins',
  'tests',
])

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'

const namedIn = (value: unknown): readonly Named[] => (Array.isArray(value) ? value.filter(isNamed) : [])

/** The action alone where nothing else is said. */
const shownDefault = (value: unknown): string => {
  const isBare = typeof value === 'object' && value !== null && Object.keys(value).join() === 'action'
  return shownAt(['default'], isBare ? Object.values(value)[0] : value)
}

const changed = (label: string, old: string, next: string): readonly string[] =>
  old === next ? [] : [`${label}: ${old} → ${next}`]

const siteChanges = (name: string, old: SiteOptions, next: SiteOptions): readonly string[] => {
  const shownUpstream = ({ upstream }: SiteOptions): string =>
    upstream === undefined ? 'the demo site' : shownAt(['upstream'], upstream)
  const rest = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((key) => !OF_A_SITE.has(key))
  return [
    ...changed(`upstream of ${name}`, shownUpstream(old), shownUpstream(next)),
    ...listChanges('rule', namedIn(old['bots']), namedIn(next['bots'])),
    ...listChanges('threshold', namedIn(old['thresholds']), namedIn(next['thresholds'])),
    ...changed('default', shownDefault(old['default']), shownDefault(next['default'])),
    ...rest.flatMap((key) =>
      optionChanges([key], old[key], next[key]).map((found) => `${found.key}: ${found.change}`),
    ),
  ]
}

const sitesOf = (config: Readonly<Record<string, unknown>>): ReadonlyMap<string, SiteOptions> =>
  new Map(namedIn(config['sites']).map((site) => [site.name, { ...site }]))

/** What a site inherits is told once, at the top level. */
const sitesChanges = (old: Config, next: Config, told: readonly string[]): readonly string[] => {
  const [before, after] = [sitesOf({ ...old }), sitesOf({ ...next })]
  const known = new Set(told)
  const removed = [...before.keys()].filter((name) => !after.has(name)).map((name) => `site removed: ${name}`)
  const rest = [...after].flatMap(([name, site]) => {
    const former = before.get(name)
    if (former === undefined) return [`site added: ${name}`]
    const changes = siteChanges(name, former, site)
    return changes
      .filter((change) => !known.has(change))
      .map((change) => (change.startsWith('upstream of ') ? change : `site ${name}: ${change}`))
  })
  return [...removed, ...rest]
}

/** What is different, one line for each change, at most 200. Both are configurations in force: plain data. */
export const configDiff = (old: Config, next: Config): readonly string[] => {
  const top = siteChanges(DEFAULT_SITE, { ...old }, { ...next })
  const lines = [...top, ...sitesChanges(old, next, top)]
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES - 1), `… and ${lines.length - MOST_LINES + 1} more changes`]
}
