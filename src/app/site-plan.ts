import type { UpstreamAddress } from '../base/endpoint.ts'
import type { Config } from '../config/schema.ts'
import type { SiteParts } from '../config/sites.ts'

/** Name of the site for all hosts that no other site names. */
export const DEFAULT_SITE = 'default'

/** What one site is made of, with everything that it inherits. Plain data. */
export interface SitePlan extends Omit<SiteParts, 'origins'> {
  readonly name: string
  /** Host names and `*.example.org`; none for the default site. */
  readonly hosts: readonly string[]
  readonly conditions: Config['conditions']
  /** The databases and lists that rules may ask. */
  readonly databases: { readonly country: boolean; readonly asn: boolean }
  readonly lists: readonly string[]
  readonly upstream: UpstreamAddress
}

/**
 * All sites of a configuration, the default one first.
 *
 * @param fallback Where a site goes that names no upstream.
 */
export const sitePlansOf = (
  config: Config,
  fallback: UpstreamAddress,
): readonly [SitePlan, ...SitePlan[]] => {
  const { country, asn } = config.databases
  const databases = { country: country !== undefined, asn: asn !== undefined }
  const lists = Object.keys(config.lists)
  const planOf = (parts: SiteParts, name: string, hosts: readonly string[]): SitePlan => ({
    name,
    hosts,
    conditions: config.conditions,
    databases,
    lists,
    bots: parts.bots,
    thresholds: parts.thresholds,
    default: parts.default,
    dnsbl: parts.dnsbl,
    challenge: parts.challenge,
    mode: parts.mode,
    status_codes: parts.status_codes,
    upstream: parts.upstream ?? fallback,
    upstream_timeouts: parts.upstream_timeouts,
  })
  return [
    planOf(config, DEFAULT_SITE, []),
    ...config.sites.map((site) => planOf(site, site.name, site.hosts)),
  ]
}

/** True when some site names no upstream. */
export const needsFallback = ({ upstream, sites }: Config): boolean =>
  [upstream, ...sites.map((site) => site.upstream)].includes(undefined)
