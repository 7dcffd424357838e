import { createRangeSet, parseRange } from '../../base/address-range.ts'
import type { Client, RequestFacts } from '../../client/client.ts'
import { factsFrom } from '../../client/facts.ts'
import { clientOf } from '../../client/identify.ts'
import type { LogEntry } from './entry.ts'
import type { Visitor, Visitors } from './visitors.ts'

/** What the gateway would have made of a line of the log. */
export interface Believed {
  readonly facts: RequestFacts
  readonly visitor: Visitor
}

export interface BelievedParts {
  /** `trusted_proxies`: where the log names one of these, its `X-Forwarded-For` is believed if the log has it. */
  readonly trusted: readonly string[]
  /** Host of the requests for which the log has none. */
  readonly host: string
  readonly visitors: Visitors
}

const FORWARDED = 'x-forwarded-for'

export const createBelieved = ({ trusted, host: usual, visitors }: BelievedParts) => {
  const ranges = createRangeSet(trusted.map(parseRange).flatMap((range) => (range.ok ? [range.value] : [])))

  const forwarded = (entry: LogEntry, headers: LogEntry['headers']): Client | undefined => {
    const peer = entry.visitor.address
    if (headers[FORWARDED] === undefined || !ranges.has(peer)) return undefined
    return clientOf({ peer, trusted: true, encrypted: entry.scheme !== 'http', headers }, ranges)
  }

  return (entry: LogEntry): Believed => {
    const host = entry.host || usual
    const { method, target, scheme = 'https' } = entry
    const headers = host === '' ? entry.headers : { ...entry.headers, host }
    const client = forwarded(entry, headers)
    if (client === undefined) {
      const { visitor } = entry
      return {
        visitor,
        facts: factsFrom({ method, target, headers, client: { address: visitor.address, scheme, host } }),
      }
    }
    const visitor = visitors.of(client.address.text) ?? entry.visitor
    return { visitor, facts: factsFrom({ method, target, headers, client }) }
  }
}
