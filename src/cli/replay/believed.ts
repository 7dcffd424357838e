import { createRangeSet, parseRange } from '../../base/address-range.ts'
import type { Client, RequestFacts } from '../../client/client.ts'
import { factsFrom } from '../../client/facts.ts'
import { clientOf } from '../../client/identify.ts'
import type { LogEntry } from './entry.ts'

export interface BelievedParts {
  /** `trusted_proxies`: where the log names one of these, its `X-Forwarded-For` is believed if the log has it. */
  readonly trusted: readonly string[]
  /** Host of the requests for which the log has none. */
  readonly host: string
}

const FORWARDED = 'x-forwarded-for'

/** What the gateway would have made of a line of the log. */
export const createBelieved = ({ trusted, host: usual }: BelievedParts) => {
  const ranges = createRangeSet(trusted.map(parseRange).flatMap((range) => (range.ok ? [range.value] : [])))

  const forwarded = (entry: LogEntry, headers: LogEntry['headers']): Client | undefined => {
    const peer = entry.address
    if (headers[FORWARDED] === undefined || !ranges.has(peer)) return undefined
    return clientOf({ peer, trusted: true, encrypted: entry.scheme !== 'http', headers }, ranges)
  }

  return (entry: LogEntry): RequestFacts => {
    const host = entry.host || usual
    const { address, method, target, scheme = 'https' } = entry
    const headers = host === '' ? entry.headers : { ...entry.headers, host }
    const client = forwarded(entry, headers) ?? { address, scheme, host }
    return factsFrom({ method, target, headers, client })
  }
}
