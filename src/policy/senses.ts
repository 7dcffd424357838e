/** What a policy may ask of the world besides the facts of the request. Types only. */
import type { Address } from '../base/address.ts'
import type { RequestFacts } from '../client/client.ts'
import type { RateSpec } from '../rates/rates.ts'

export { COUNTED } from '../rates/rates.ts'
export type { Counted, RateSpec } from '../rates/rates.ts'

/** There at once when it is known, else a promise. Rejects or throws when it cannot be found out. */
export type Lookup<T> = T | Promise<T>

/** Every answer is bounded in time and memory by whoever gives it. */
export interface Senses {
  /** How much of it there was in the window that ends now, this request included. */
  count(spec: RateSpec, facts: RequestFacts): number
  /** Names that the address claims (PTR), without the last dot; none is an empty list. */
  reverse(address: Address): Lookup<readonly string[]>
  /** Addresses of a name (A, AAAA) as canonical text; none is an empty list. */
  forward(name: string): Lookup<readonly string[]>
  /** Why the address stands on the DNS block list, or undefined. */
  blocked(address: Address): Lookup<string | undefined>
  /** ISO 3166 code in upper case; undefined when not known or when there is no such database. */
  country(address: Address): string | undefined
  /** Number of the autonomous system. */
  asn(address: Address): number | undefined
  /** Whether a list that is kept up to date (`lists`) has the address; `list` is a name of the configuration. */
  listed(list: string, address: Address): boolean
  /** The load of the machine over 1, 5 and 15 minutes. */
  load(): readonly [number, number, number]
  /** 0 ≤ x < 1. */
  random(): number
}
