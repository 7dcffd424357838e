import { z } from 'zod'
import { challengeSchema } from '../challenge/options.ts'
import { trustedProxiesSchema } from '../client/options.ts'
import { dnsSchema, dnsTtlSchema } from '../dns/options.ts'
import { databasesSchema } from '../geo/options.ts'
import { listsFolderSchema, listsSchema } from '../lists/options.ts'
import { statusCodesSchema } from '../pages/options.ts'
import { passSchema } from '../pass/options.ts'
import { botsSchema, conditionsSchema, defaultSchema, thresholdsSchema } from '../policy/options.ts'
import { policyTestsSchema } from '../policy/policy-tests.ts'
import { upstreamSchema, upstreamTimeoutsSchema } from '../proxy/options.ts'
import { ratesSchema } from '../rates/options.ts'
import { storeSchema } from '../store/options.ts'
import {
  honeypotSchema,
  impressumSchema,
  loggingSchema,
  metricsSchema,
  openGraphSchema,
} from './anubis-options.ts'
import type { AnubisSections } from './anubis-options.ts'
import {
  adminSchema,
  basePathSchema,
  dnsblSchema,
  drainTimeoutSchema,
  listenSchema,
  logSchema,
  modeSchema,
  reloadSchema,
  workersSchema,
} from './options.ts'
import type { RuleOrigin } from './origins.ts'
import { sitesSchema } from './sites.ts'
import type { SiteConfig } from './sites.ts'

/** The whole document; each room owns its part. */
export const configSchema = z.strictObject({
  listen: listenSchema,
  upstream: upstreamSchema,
  upstream_timeouts: upstreamTimeoutsSchema,
  workers: workersSchema,
  trusted_proxies: trustedProxiesSchema,
  base_path: basePathSchema,
  admin: adminSchema,
  challenge: challengeSchema,
  pass: passSchema,
  store: storeSchema,
  mode: modeSchema,
  bots: botsSchema,
  conditions: conditionsSchema,
  thresholds: thresholdsSchema,
  default: defaultSchema,
  tests: policyTestsSchema,
  lists: listsSchema,
  lists_folder: listsFolderSchema,
  databases: databasesSchema,
  rates: ratesSchema,
  dns: dnsSchema,
  dns_ttl: dnsTtlSchema,
  dnsbl: dnsblSchema,
  sites: sitesSchema,
  status_codes: statusCodesSchema,
  log: logSchema,
  reload: reloadSchema,
  drain_timeout: drainTimeoutSchema,
  logging: loggingSchema,
  metrics: metricsSchema,
  honeypot: honeypotSchema,
  openGraph: openGraphSchema,
  impressum: impressumSchema,
})

/** The document as it was parsed, before it is completed. */
export type ParsedDocument = z.output<typeof configSchema>

/** The configuration in base units (milliseconds, bytes, hashes); plain data that can go to a worker thread. */
export interface Config extends Omit<ParsedDocument, 'workers' | 'sites' | keyof AnubisSections> {
  /** 1 … 64. */
  readonly workers: number
  /** Where each of `bots` stands. */
  readonly origins: readonly RuleOrigin[]
  /** The hosts for which something is different, in the order of the document; all others are as the top level says. */
  readonly sites: readonly SiteConfig[]
}

/** A part of a JSON Schema, as far as we read it ourselves. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly description?: string
}

const IMPORT: JsonSchema & Record<string, unknown> = {
  type: 'object',
  properties: {
    import: {
      type: 'string',
      description:
        'A file with a list of rules, beside this one or in the working directory; (data)/…: a built-in one; * ? and [] match.',
    },
  },
  required: ['import'],
  additionalProperties: false,
  description: 'Rules of another file in the place of this entry.',
}

/** A list of rules may have imports until it is loaded; the schemas of the rooms know only rules. */
const withImports = (schema: JsonSchema): JsonSchema => {
  const { properties = {} } = schema
  const { bots, sites } = properties
  const site = typeof sites?.additionalProperties === 'object' ? sites.additionalProperties : undefined
  return {
    ...schema,
    properties: {
      ...properties,
      ...(bots?.items === undefined ? {} : { bots: { ...bots, items: { anyOf: [bots.items, IMPORT] } } }),
      ...(site === undefined ? {} : { sites: { ...sites, additionalProperties: withImports(site) } }),
    },
  }
}

/** The JSON Schema (draft 2020-12) of what may stand in the file, for editors and `tollgate schema`. */
export const configJsonSchema = (): JsonSchema & Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>
  return { $schema, title: 'Configuration of tollgate', ...withImports(rest) }
}
