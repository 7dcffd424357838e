/** Policies and requests for tests. */
import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import { parseAddress } from '../../src/base/address.ts'
import type { RequestFacts } from '../../src/client/client.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { botsSchema, conditionsSchema, defaultSchema, thresholdsSchema } from '../../src/policy/options.ts'
import type { PolicyParts } from '../../src/policy/parts.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Senses } from '../../src/policy/senses.ts'

export interface Document {
  readonly bots?: unknown
  readonly thresholds?: unknown
  readonly conditions?: unknown
  readonly default?: z.input<typeof defaultSchema>
}

/** Knows of nothing. */
export const quietSenses: Senses = {
  count: () => 0,
  reverse: () => [],
  forward: () => [],
  blocked: () => undefined,
  country: () => undefined,
  asn: () => undefined,
  listed: () => false,
  load: () => [0, 0, 0],
  random: () => 0.5,
}

export const partsOf = (document: Document, more: Partial<PolicyParts> = {}): PolicyParts => ({
  rules: botsSchema.parse(document.bots),
  thresholds: thresholdsSchema.parse(document.thresholds),
  conditions: conditionsSchema.parse(document.conditions),
  default: defaultSchema.parse(document.default),
  challenge: { kind: 'pow', work: 1_048_576, puzzles: 16 },
  kinds: ['pow'],
  senses: quietSenses,
  ...more,
})

export const policyOf = (document: Document, more: Partial<PolicyParts> = {}): Policy => {
  const compiled = compilePolicy(partsOf(document, more))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults))
  return compiled.policy
}

export const faultsOf = (document: Document, more: Partial<PolicyParts> = {}): string[] => {
  const compiled = compilePolicy(partsOf(document, more))
  return compiled.ok ? [] : compiled.faults.map(({ path, message }) => `${path.join('.')} ${message}`)
}

export interface Request {
  readonly target?: string
  readonly method?: string
  readonly address?: string
  readonly host?: string
  readonly headers?: IncomingHttpHeaders
}

export const factsOf = (request: Request = {}): RequestFacts => {
  const { target = '/', method = 'GET', address = '192.0.2.1', host = 'a.example', headers = {} } = request
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new Error(address)
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  return {
    client: { address: parsed, scheme: 'https', host },
    method,
    target,
    path: target.split('?')[0] ?? '',
    userAgent: header('user-agent') ?? '',
    audience: 'page',
    header,
    headerNames: () => Object.keys(headers),
  }
}
