import type { IncomingHttpHeaders } from 'node:http'

/** A header line: name and value as they came. */
export type HeaderLine = readonly [name: string, value: string]

/** Of these Node keeps the first line and drops the others (`http.IncomingMessage.headers`). */
const FIRST_WINS = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

const joined = (name: string, before: string, value: string): string => {
  if (FIRST_WINS.has(name)) return before
  return name === 'cookie' ? `${before}; ${value}` : `${before}, ${value}`
}

/** As Node hands it over: each byte of its UTF-8 a character. */
const onWire = (value: string): string =>
  /^[ -~\t]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1')

/** Header lines as Node hands them over: names in lower case, lines of one name joined or only the first kept. */
export const joinedHeaders = (lines: readonly HeaderLine[]): IncomingHttpHeaders => {
  const headers: Record<string, string | string[]> = {}
  for (const [written, text] of lines) {
    const name = written.toLowerCase()
    const value = onWire(text)
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    if (name === 'set-cookie') headers[name] = [...(Array.isArray(before) ? before : []), value]
    else headers[name] = typeof before === 'string' ? joined(name, before, value) : value
  }
  return headers
}
