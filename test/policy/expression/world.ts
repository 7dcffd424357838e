import { parseAddress } from '../../../src/base/address.ts'
import type { RequestFacts } from '../../../src/client/client.ts'
import type { Matches, Strictness, World } from '../../../src/policy/matcher.ts'
import { expressionMatcher } from '../../../src/policy/matchers/expression.ts'
import type { ExpressionOption } from '../../../src/policy/expression/options.ts'
import { createRequestValues } from '../../../src/policy/expression/request-values.ts'
import { createReadings } from '../../../src/policy/path-readings.ts'
import { createPatternPool } from '../../../src/policy/pattern-pool.ts'
import type { RateSpec, Senses } from '../../../src/policy/senses.ts'

export interface Asked {
  readonly target?: string
  readonly method?: string
  readonly address?: string
  readonly host?: string
  readonly scheme?: 'http' | 'https'
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>
}

export const factsOf = (asked: Asked = {}): RequestFacts & { readonly asked: string[] } => {
  const { target = '/', method = 'GET', address = '192.0.2.1', headers = {} } = asked
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new Error(address)
  const map = new Map(Object.entries(headers))
  const names: string[] = []
  return {
    client: { address: parsed, scheme: asked.scheme ?? 'https', host: asked.host ?? 'a.example' },
    method,
    target,
    path: target.split('?')[0]!,
    userAgent: headers['user-agent'] ?? '',
    audience: 'page',
    header: (name) => map.get(name),
    headerNames: () => {
      names.push('headerNames')
      return [...map.keys()]
    },
    asked: names,
  }
}

const unexpected = (): never => {
  throw new Error('not expected to be asked')
}

export const sensesOf = (senses: Partial<Senses> = {}): Senses => ({
  count: unexpected,
  reverse: unexpected,
  forward: unexpected,
  blocked: unexpected,
  country: () => undefined,
  asn: () => undefined,
  listed: unexpected,
  load: () => [0, 0, 0],
  random: () => 0,
  ...senses,
})

export const worldOf = (senses: Partial<Senses> = {}): World & { readonly rates: RateSpec[] } => {
  const rates: RateSpec[] = []
  return {
    senses: sensesOf(senses),
    pools: { userAgent: createPatternPool(), path: createPatternPool() },
    readings: createReadings(),
    values: createRequestValues(),
    databases: { country: false, asn: false },
    lists: [],
    condition: unexpected,
    needsRate: (spec) => void rates.push(spec),
    rates,
  }
}

export const compiled = (option: ExpressionOption, world: World = worldOf()): Matches => {
  const matches = expressionMatcher.compile(option, world)
  if (!matches.ok) throw new Error(matches.fault)
  return matches.value
}

export const faultOf = (option: ExpressionOption): string => {
  const matches = expressionMatcher.compile(option, worldOf())
  return matches.ok ? 'no fault' : matches.fault
}

/** What the expression says of a request, or why it says nothing. */
export const judged = (
  option: ExpressionOption,
  asked: Asked = {},
  senses: Partial<Senses> = {},
  strictness: Strictness = 'some',
): boolean | string => {
  const matches = compiled(option, worldOf(senses))
  try {
    const value = matches(factsOf(asked), strictness)
    return value instanceof Promise ? 'a promise' : value
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'no error'
  }
}
