/** The seam of the room: what is asked of the DNS. Types only, and the fault. */
import type { Address } from '../base/address.ts'

/** There at once when it is remembered, else a promise. Throws or rejects with a `DnsFault`. */
export type Lookup<T> = T | Promise<T>

/**
 * Why there is no answer. `timeout`: none in time; `busy`: too many lookups run already; `failed`: the server could
 * not say, or not be reached; `oversized`: the answer has more names or addresses than are believed.
 */
export type DnsFaultCode = 'timeout' | 'busy' | 'failed' | 'oversized'

/** An answer that could not be had. That there is no such name is an answer, not a fault. */
export class DnsFault extends Error {
  override readonly name = 'DnsFault'
  readonly code: DnsFaultCode

  constructor(code: DnsFaultCode, what: string) {
    super(`${what}: ${code}`)
    this.code = code
  }
}

/** What has happened since the start. */
export interface DnsStatistics {
  /** Lookups that were sent out. */
  readonly asked: number
  /** Answered from memory, faults included. */
  readonly remembered: number
  readonly faults: number
  /** Refused because too many were on their way. */
  readonly busy: number
  /** Answers in memory now. */
  readonly entries: number
}

export interface Dns extends AsyncDisposable {
  /** Names that the address claims (PTR), without the last dot; none is an empty list. */
  reverse(address: Address): Lookup<readonly string[]>
  /**
   * Addresses of a name (A, AAAA) as canonical text; none is an empty list, as it is for a text that cannot be a name.
   * When only one of the two kinds can be had, the other alone is the answer, remembered no longer than a fault.
   */
  forward(name: string): Lookup<readonly string[]>
  /** Why the address stands on the block list, or undefined. Private addresses are never asked about. */
  blocked(address: Address): Lookup<string | undefined>
  statistics(): DnsStatistics
}
