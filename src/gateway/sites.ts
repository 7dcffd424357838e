import { hostnameOf } from './host.ts'
import type { Site, Sites } from './site.ts'

/** A site and the hosts it is for: host names, or `*.example.org` for all names below one. */
export interface SiteEntry<One = Site> {
  readonly hosts: readonly string[]
  readonly site: One
}

/** No host name is longer (RFC 1035 §2.3.4); what is longer is refused later and is not worth a search. */
const LONGEST_HOST = 255

const WILDCARD = '*.'

const nameOf = (host: string): string => {
  const name = hostnameOf(host.toLowerCase())
  // `example.org.` is the same name, spelled to its root (RFC 1034 §3.1).
  return name.endsWith('.') ? name.slice(0, -1) : name
}

const isWildcard = (pattern: string): boolean => pattern.startsWith(WILDCARD)

/** Labels of a name, or of a pattern without its star. */
const labelsOf = (pattern: string): number => pattern.replace(WILDCARD, '').split('.').length

/** Where a pattern stands twice, the first site has it. */
const byPattern = <One>(entries: readonly SiteEntry<One>[]): ReadonlyMap<string, One> => {
  const sites = new Map<string, One>()
  for (const { hosts, site } of entries) {
    for (const host of hosts) {
      const pattern = nameOf(host)
      if (!sites.has(pattern)) sites.set(pattern, site)
    }
  }
  return sites
}

/** Finds the site of a host: case, port and a trailing dot do not matter. */
export const createSites = <One = Site>(parts: {
  readonly entries: readonly SiteEntry<One>[]
  /** For every host that no entry names. */
  readonly otherwise: One
}): Sites<One> => {
  const { otherwise } = parts
  const sites = byPattern(parts.entries)
  if (sites.size === 0) return { of: () => otherwise }
  const deepest = Math.max(0, ...[...sites.keys()].filter(isWildcard).map(labelsOf))
  /** From the shortest suffix to the longest; none is longer than the longest pattern. */
  const longestSuffix = (name: string): One | undefined => {
    let found: One | undefined
    let dot = name.length
    for (let labels = 1; labels <= deepest; labels += 1) {
      dot = name.lastIndexOf('.', dot - 1)
      if (dot <= 0) return found
      found = sites.get(WILDCARD + name.slice(dot + 1)) ?? found
    }
    return found
  }
  return {
    of(host) {
      if (host.length > LONGEST_HOST) return otherwise
      const name = nameOf(host)
      const exact = sites.get(name)
      if (exact) return exact
      return longestSuffix(name) ?? otherwise
    },
  }
}
