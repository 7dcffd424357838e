import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Audience, Client, RequestFacts } from './client.ts'

const BEYOND_ASCII = /[\u0080-\u00ff]/
const BEYOND_BYTES = /[\u0100-\uffff]/

/** Node hands header values over byte by byte (latin1); what was sent as UTF-8 is read as such. */
const textOf = (value: string): string =>
  BEYOND_ASCII.test(value) && !BEYOND_BYTES.test(value)
    ? Buffer.from(value, 'latin1').toString('utf8')
    : value

/** The only place that reads a request. */
class Facts implements RequestFacts {
  readonly client: Client
  readonly method: string
  readonly target: string
  readonly path: string
  readonly userAgent: string
  readonly audience: Audience
  readonly #headers: IncomingHttpHeaders

  constructor(client: Client, method: string, target: string, headers: IncomingHttpHeaders) {
    const query = target.indexOf('?')
    this.client = client
    this.method = method
    this.target = target
    this.path = query < 0 ? target : target.slice(0, query)
    this.userAgent = textOf(headers['user-agent'] ?? '')
    this.audience = audienceOf(method, headers)
    this.#headers = headers
    Object.freeze(this)
  }

  header(name: string): string | undefined {
    const value = this.#headers[name]
    // Not every name is a header's: an object also answers to `constructor`.
    if (typeof value === 'string') return textOf(value)
    return Array.isArray(value) ? textOf(value.join(', ')) : undefined
  }

  headerNames(): readonly string[] {
    return Object.keys(this.#headers)
  }
}

const PAGE_DESTINATIONS = new Set(['document', 'iframe', 'frame', 'embed', 'object', 'fencedframe'])

/** What `Accept` alone says: a navigation names text/html; a bare wildcard says nothing against a page. */
const acceptsPage = (accept: string | undefined): boolean =>
  accept === undefined || accept === '*/*' || /text\/html/i.test(accept)

const isBackground = (headers: IncomingHttpHeaders): boolean =>
  headers.range !== undefined ||
  headers.upgrade !== undefined ||
  headers['x-requested-with'] !== undefined ||
  headers['hx-request'] !== undefined

/** Only a top-level GET or HEAD navigation can show a page (Fetch Metadata where the browser sends it). */
const audienceOf = (method: string, headers: IncomingHttpHeaders): Audience => {
  if ((method !== 'GET' && method !== 'HEAD') || isBackground(headers)) return 'machine'
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined && mode !== 'navigate') return 'machine'
  const destination = headers['sec-fetch-dest']
  if (typeof destination === 'string' && !PAGE_DESTINATIONS.has(destination)) return 'machine'
  return acceptsPage(headers.accept) ? 'page' : 'machine'
}

export const factsOf = (request: IncomingMessage, client: Client): RequestFacts =>
  new Facts(client, request.method ?? 'GET', request.url ?? '/', request.headers)

/** A request that nobody sent: of a test, of a log, of a question. `headers` are as Node joins them. */
export interface PlainRequest {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly client: Client
}

/** Facts of a request from plain values; the same as `factsOf` has of the same request. */
export const factsFrom = ({ method, target, headers, client }: PlainRequest): RequestFacts =>
  new Facts(client, method, target, headers)

/** Facts of a navigation to another target by the same visitor. */
export const factsFor = (request: IncomingMessage, client: Client, target: string): RequestFacts =>
  new Facts(client, 'GET', target, request.headers)

/** The headers of a subrequest that name the original request, most specific first. */
const originalTarget = (headers: IncomingHttpHeaders): string | undefined => {
  const named = headers['x-original-uri'] ?? headers['x-forwarded-uri']
  return typeof named === 'string' && named.startsWith('/') ? named : undefined
}

/**
 * Facts of the request that a front proxy asks about (`GET B/check`). The caller has made sure that the peer is
 * trusted; without a usable target there are none.
 */
export const subrequestFactsOf = (request: IncomingMessage, client: Client): RequestFacts | undefined => {
  const target = originalTarget(request.headers)
  const method = request.headers['x-original-method'] ?? request.headers['x-forwarded-method']
  return target === undefined
    ? undefined
    : new Facts(client, typeof method === 'string' ? method : 'GET', target, request.headers)
}
