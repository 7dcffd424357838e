import { z } from 'zod'
import { challengeSchema } from '../challenge/options.ts'
import { statusCodesSchema } from '../pages/options.ts'
import { botsSchema, defaultSchema, thresholdsSchema } from '../policy/options.ts'
import { policyTestsSchema } from '../policy/policy-tests.ts'
import { upstreamSchema, upstreamTimeoutsSchema } from '../proxy/options.ts'
import { dnsblSchema, modeSchema } from './options.ts'
import type { RuleOrigin } from './origins.ts'

const MOST_SITES = 1000
const HOST_FAULT = 'must be a host name such as www.example.org, or *.example.org for all below it'
const HOST = /^(?:\*\.)?(?=[^.])[a-z0-9_.-]{1,253}$|^\[[0-9a-f:.]{2,45}\]$/
const LABELS = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/

/** A host name in lower case without the last dot, or an IPv6 address in brackets; `*.` stands for all below it. */
const hostOf = (text: string): string | undefined => {
  const host = text.toLowerCase().replace(/\.$/, '')
  if (!HOST.test(host)) return undefined
  return host.startsWith('[') || LABELS.test(host.replace(/^\*\./, '')) ? host : undefined
}

const challengeShape = challengeSchema.unwrap().shape
const statusShape = statusCodesSchema.unwrap().shape
const timeoutsShape = upstreamTimeoutsSchema.unwrap().shape

/** One entry of `sites`: what it does not say is taken from the top level. */
const siteSchema = z
  .strictObject({
    upstream: upstreamSchema,
    upstream_timeouts: z
      .strictObject({
        connect: timeoutsShape.connect.unwrap().exactOptional(),
        headers: timeoutsShape.headers.unwrap().exactOptional(),
        idle: timeoutsShape.idle.unwrap().exactOptional(),
      })
      .exactOptional()
      .describe('How long to wait for the upstream.'),
    mode: modeSchema.unwrap().exactOptional(),
    bots: botsSchema
      .unwrap()
      .exactOptional()
      .describe('The rules of this host instead of those of the top level.'),
    thresholds: thresholdsSchema
      .unwrap()
      .exactOptional()
      .describe('The thresholds of this host instead of those of the top level.'),
    default: defaultSchema
      .unwrap()
      .exactOptional()
      .describe('What becomes of a request that no rule matches.'),
    challenge: z
      .strictObject({
        kind: challengeShape.kind.unwrap().exactOptional(),
        work: challengeShape.work.unwrap().exactOptional(),
      })
      .exactOptional()
      .describe('What visitors of this host are asked to do.'),
    status_codes: z
      .strictObject({
        CHALLENGE: statusShape.CHALLENGE.unwrap().exactOptional(),
        DENY: statusShape.DENY.unwrap().exactOptional(),
      })
      .exactOptional()
      .describe('HTTP status of what is shown instead of the site.'),
    tests: policyTestsSchema.describe('Tests of the rules for this host; absent: none.'),
    dnsbl: dnsblSchema.unwrap().exactOptional().describe('Whether the DNS block list is asked.'),
  })
  .describe('What is different for this host.')

export type SiteOptions = z.output<typeof siteSchema>

/** `sites`: by host. */
export const sitesSchema = z
  .record(z.string(), siteSchema, 'must be a mapping of hosts to what is different there')
  .superRefine((sites, context) => {
    const hosts = Object.keys(sites)
    if (hosts.length > MOST_SITES) context.addIssue(`must have at most ${MOST_SITES} entries`)
    const seen = new Set<string>()
    for (const key of hosts) {
      const host = hostOf(key)
      if (host === undefined) context.addIssue({ code: 'custom', path: [key], message: HOST_FAULT })
      else if (seen.has(host))
        context.addIssue({ code: 'custom', path: [key], message: 'is the same host as an earlier one' })
      if (host !== undefined) seen.add(host)
    }
  })
  .prefault({})
  .describe('Hosts for which something is different: HOST or *.HOST to any of the keys below.')

/** The part of the configuration that every site has, the top level among them. */
export interface SiteParts {
  readonly upstream?: NonNullable<SiteOptions['upstream']>
  readonly upstream_timeouts: z.output<typeof upstreamTimeoutsSchema>
  readonly mode: z.output<typeof modeSchema>
  readonly bots: z.output<typeof botsSchema>
  readonly thresholds: z.output<typeof thresholdsSchema>
  readonly default: z.output<typeof defaultSchema>
  readonly challenge: z.output<typeof challengeSchema>
  readonly status_codes: z.output<typeof statusCodesSchema>
  readonly dnsbl: boolean
  /** Where each of `bots` stands. */
  readonly origins: readonly RuleOrigin[]
}

/** A site with all that it takes from the top level filled in. */
export interface SiteConfig extends SiteParts {
  /** Those that stand in the site; the top level has its own. */
  readonly tests: z.output<typeof policyTestsSchema>
  /** The host as it stands in the document, in lower case: HOST or *.HOST. */
  readonly name: string
  /** The hosts that the site is for, in the same form. */
  readonly hosts: readonly string[]
}

/** The parts of `top` with what one site says instead. */
export const siteOf = (
  key: string,
  options: SiteOptions,
  top: SiteParts,
  origins: readonly RuleOrigin[] | undefined,
): SiteConfig => {
  const name = hostOf(key) ?? key
  const { upstream_timeouts, challenge, status_codes, ...rest } = options
  const { upstream, mode, bots, thresholds, default: otherwise, dnsbl } = top
  return {
    ...(upstream === undefined ? {} : { upstream }),
    mode,
    bots,
    thresholds,
    default: otherwise,
    dnsbl,
    ...rest,
    upstream_timeouts: { ...top.upstream_timeouts, ...upstream_timeouts },
    challenge: { ...top.challenge, ...challenge },
    status_codes: { ...top.status_codes, ...status_codes },
    origins: options.bots === undefined ? top.origins : (origins ?? []),
    name,
    hosts: [name],
  }
}
