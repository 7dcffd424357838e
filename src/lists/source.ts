/** Where the bytes of a list come from: a server or a file. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { request } from 'undici'
import type { Dispatcher } from 'undici'

/** Most bytes of a list; a million IPv6 ranges take half of it. */
export const MOST_BYTES = 64 * 1024 * 1024
const MOST_REDIRECTS = 3

/** What a server told of a copy, to ask later whether there is a newer one (RFC 9110 §13). */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: string
}

export type Fetched =
  | { readonly kind: 'body'; readonly body: Uint8Array; readonly validators: Validators }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly detail: string }

export interface FetchParts {
  readonly dispatcher: Dispatcher
  /** Ends the whole attempt, redirects and body included. */
  readonly signal: AbortSignal
}

const failed = (detail: string): Fetched => ({ kind: 'failed', detail })

/** What went wrong in a word or two; never the address, which may hold a password. */
const detailOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'could not be had'
  if (error.name === 'TimeoutError') return 'took too long'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return `could not be had: ${code}`
}

const readBody = async (body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    // Leaving the loop destroys the body, and the connection with it.
    if (length > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length <= 1000 ? header : undefined

const validatorsOf = (headers: Dispatcher.ResponseData['headers']): Validators => {
  const etag = textOf(headers['etag'])
  const lastModified = textOf(headers['last-modified'])
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
}

const headersFor = ({ etag, lastModified }: Validators): Record<string, string> => ({
  accept: 'text/plain, application/json;q=0.9, */*;q=0.5',
  'accept-encoding': 'identity',
  'user-agent': 'tollgate',
  ...(etag !== undefined && { 'if-none-match': etag }),
  ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
})

/** The next address, or why there is none. */
const redirected = (from: URL, header: string | string[] | undefined): URL | string => {
  const to = typeof header === 'string' ? URL.parse(header, from) : null
  if (to === null) return 'answered with a redirect to nowhere'
  if (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) return to
  return `answered with a redirect to ${to.protocol}`
}

const answered = async (
  { statusCode, headers, body }: Dispatcher.ResponseData,
  asked: Validators,
): Promise<Fetched> => {
  const isConditional = asked.etag !== undefined || asked.lastModified !== undefined
  if (statusCode === 304 && isConditional) return { kind: 'unchanged' }
  if (statusCode !== 200) return failed(`answered ${statusCode}`)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return failed('answered with a compressed body that was not asked for')
  const bytes = await readBody(body)
  if (bytes === undefined) return failed(`is larger than ${MOST_BYTES} bytes`)
  return { kind: 'body', body: bytes, validators: validatorsOf(headers) }
}

const follow = async (start: string, asked: Validators, parts: FetchParts): Promise<Fetched> => {
  let url = new URL(start)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await request(url, { ...parts, headers: headersFor(asked) })
    // A body that is left unread ends with an error that nobody else would hear.
    response.body.on('error', () => {})
    const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode)
    const next = isRedirect ? redirected(url, response.headers['location']) : undefined
    if (next === undefined) {
      const fetched = await answered(response, asked)
      response.body.destroy()
      return fetched
    }
    response.body.destroy()
    if (typeof next === 'string') return failed(next)
    url = next
  }
  return failed(`answered with more than ${MOST_REDIRECTS} redirects`)
}

/** Never rejects. From https it never follows to http. */
export const fetchList = async (url: string, asked: Validators, parts: FetchParts): Promise<Fetched> => {
  try {
    return await follow(url, asked, parts)
  } catch (error) {
    return failed(parts.signal.aborted ? 'took too long' : detailOf(error))
  }
}

/** Never rejects, and never waits for a pipe. */
export const readListFile = async (path: string): Promise<Fetched> => {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) return failed('is no regular file')
    if (stats.size > MOST_BYTES) return failed(`is larger than ${MOST_BYTES} bytes`)
    return { kind: 'body', body: await file.readFile(), validators: {} }
  } catch (error) {
    return failed(detailOf(error))
  }
}
