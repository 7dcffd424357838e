import { createDns } from '../../dns/create-dns.ts'
import { dnsSchema, dnsTtlSchema } from '../../dns/options.ts'
import type { Senses } from '../../policy/senses.ts'

/** Lookups that may be on their way for verdicts that wait at once. */
export const WAITING = 64

/** What a replay may look up after all. */
export interface Lookups extends AsyncDisposable {
  readonly senses: Pick<Senses, 'reverse' | 'forward' | 'blocked'>
}

/** @param clock Milliseconds that never go back. */
export const createLookups = (clock: () => number): Lookups => {
  const { blocklist: zone, ...options } = dnsSchema.parse(undefined)
  const dns = createDns({ ...options, zone, ttl: dnsTtlSchema.parse(undefined), clock })
  return {
    senses: { reverse: dns.reverse, forward: dns.forward, blocked: dns.blocked },
    [Symbol.asyncDispose]: () => dns[Symbol.asyncDispose](),
  }
}
