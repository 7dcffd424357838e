import { parseAddress } from '../../base/address.ts'
import type { Address } from '../../base/address.ts'
import { createRangeSet, parseRange } from '../../base/address-range.ts'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { RequestFacts } from '../../client/client.ts'
import { factsFrom } from '../../client/facts.ts'
import { clientOf } from '../../client/identify.ts'
import type { Arrival } from '../../client/identify.ts'
import { joinedHeaders } from '../../client/joined-headers.ts'
import type { HeaderLine } from '../../client/joined-headers.ts'

/** A request in words, as a person or a test writes it. */
export interface AskedRequest {
  /** A path with its query, or a URL. */
  readonly url: string
  readonly method?: string | undefined
  readonly headers: readonly HeaderLine[]
  /** Who connects; absent: an address of the documentation (RFC 5737). */
  readonly ip?: string | undefined
}

/** The facts of a request, and how it came in. */
export interface Asked {
  readonly facts: RequestFacts
  readonly arrival: Arrival
}

/** Whom nobody else names (RFC 5737, TEST-NET-3). */
export const USUAL_IP = '203.0.113.1'
const USUAL_HOST = 'localhost'

const URL_PARTS = /^(?<scheme>https?):\/\/(?<authority>[^/?#]+)(?<rest>[^#]*)/i

/** What Node has of bytes on the wire. */
const wireText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

interface Parts {
  readonly encrypted: boolean
  readonly host: string | undefined
  readonly target: string
}

/** A path stays as it stands; of a URL a client sends no fragment, no user and `/` for an empty path. */
const partsOf = (url: string): Parsed<Parts> => {
  if (url.startsWith('/')) return good({ encrypted: false, host: undefined, target: wireText(url) })
  const parts = URL_PARTS.exec(url)?.groups
  if (parts === undefined) return bad('must be a path such as /a?b or a URL with http:// or https://')
  const { scheme = '', authority = '', rest = '' } = parts
  return good({
    encrypted: scheme.toLowerCase() === 'https',
    host: wireText(authority.slice(authority.lastIndexOf('@') + 1)),
    target: wireText(rest.startsWith('/') ? rest : `/${rest}`),
  })
}

const trustedSet = (ranges: readonly string[]) =>
  createRangeSet(ranges.map(parseRange).flatMap((range) => (range.ok ? [range.value] : [])))

const peerOf = (ip: string | undefined): Address | undefined => parseAddress(ip ?? USUAL_IP)

/** The request as the gateway would see it; `trusted` are the `trusted_proxies`. */
export const askedOf = (request: AskedRequest, trusted: readonly string[]): Parsed<Asked> => {
  const parts = partsOf(request.url)
  if (!parts.ok) return bad(`--url ${parts.fault}`)
  const peer = peerOf(request.ip)
  if (peer === undefined) return bad('--ip must be an address')
  const { encrypted, host, target } = parts.value
  const lines = request.headers.map(([name, value]): HeaderLine => [name, wireText(value)])
  const named = lines.some(([name]) => name.toLowerCase() === 'host')
  const headers = joinedHeaders(named ? lines : [['Host', host ?? USUAL_HOST], ...lines])
  const ranges = trustedSet(trusted)
  const arrival = { peer, trusted: ranges.has(peer), encrypted, headers }
  const facts = factsFrom({
    method: request.method ?? 'GET',
    target,
    headers,
    client: clientOf(arrival, ranges),
  })
  return good({ facts, arrival })
}

const HEADER = /^(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(?<value>[^\r\n\0]*?)[ \t]*$/

/** `Name: value` as a header line. */
export const parseHeaderLine = (text: string): Parsed<HeaderLine> => {
  const { name, value } = HEADER.exec(text)?.groups ?? {}
  return name === undefined || value === undefined
    ? bad(`--header must look like 'Name: value', got ${JSON.stringify(text)}`)
    : good([name, value])
}
