import { createRangeSet } from '../../../src/base/address-range.ts'
import { parseAddress } from '../../../src/base/address.ts'
import type { RequestFacts } from '../../../src/client/client.ts'
import { factsFrom } from '../../../src/client/facts.ts'
import { clientOf } from '../../../src/client/identify.ts'
import { joinedHeaders } from '../../../src/client/joined-headers.ts'
import type { HeaderLine } from '../../../src/client/joined-headers.ts'
import type { Row } from './table.ts'

/** What Node has of the bytes that came in. */
const wireText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const linesOf = (name: string, value: string | readonly string[]): HeaderLine[] =>
  (typeof value === 'string' ? [value] : value).map((line) => [name, line])

/** The facts that the gateway has of a request that came in like this, over TLS and through no proxy. */
export const factsOfRequest = ({ method, target, host, ip, headers }: Row['request']): RequestFacts => {
  const peer = parseAddress(ip)
  if (peer === undefined) throw new Error(`${ip} is no address`)
  const lines = Object.entries(headers).flatMap(([name, value]) => linesOf(name, value))
  const joined = joinedHeaders([['Host', host], ...lines])
  const arrival = { peer, trusted: false, encrypted: true, headers: joined }
  return factsFrom({
    method,
    target: wireText(target),
    headers: joined,
    client: clientOf(arrival, createRangeSet([])),
  })
}
