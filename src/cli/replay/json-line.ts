/** One JSON object a line, as nginx, Caddy, Traefik and the gateway itself write them. */
import type { Address } from '../../base/address.ts'
import { malformed, NO_REQUEST } from './entry.ts'
import type { LogEntry, ReadLine } from './entry.ts'
import { fieldOf, isRecord, textOf } from './json-fields.ts'
import { jsonTimeOf } from './log-time.ts'
import { requestLineOf } from './request-line.ts'
import type { Addresses } from './addresses.ts'

type Line = Readonly<Record<string, unknown>>

const NO_JSON = malformed('no JSON object')
const NO_ADDRESS = malformed('no address of the client')

/** A request has at most as many in Node. */
const MOST_HEADERS = 2000

/** Variables of nginx (`http_accept_language`) and fields of Traefik (`request_Accept-Language`). */
const HEADER_FIELD = /^(?:http_(\w+)|request_([A-Z][\w-]*))$/

/** The header of which a field of a line tells; undefined: of none. */
const nameIn = (key: string): string | undefined => {
  const [, variable, field] = HEADER_FIELD.exec(key) ?? []
  return variable?.toLowerCase().replaceAll('_', '-') ?? field?.toLowerCase()
}

const parsed = (line: string): Line | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const valueOf = (value: unknown, name: string): string | undefined => {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  return value.filter((part) => typeof part === 'string').join(name === 'cookie' ? '; ' : ', ')
}

const headersOf = (line: Line): Pick<LogEntry, 'headers' | 'absent'> => {
  const headers: Record<string, string> = {}
  const absent: string[] = []
  const set = (name: string, value: unknown): void => {
    const text = valueOf(value, name)
    if (text !== undefined && text !== '' && text !== '-') headers[name] = text
  }
  for (const key of Object.keys(line).slice(0, MOST_HEADERS)) {
    const name = nameIn(key)
    if (name === undefined) continue
    set(name, line[key])
    if (!Object.hasOwn(headers, name)) absent.push(name)
  }
  set('user-agent', fieldOf(line, 'userAgent'))
  set('referer', fieldOf(line, 'referer'))
  const named = fieldOf(line, 'headers')
  if (isRecord(named)) {
    for (const [name, value] of Object.entries(named).slice(0, MOST_HEADERS)) set(name.toLowerCase(), value)
  }
  return { headers, absent }
}

/** An address, also with its port behind it. */
const addressOf = (line: Line, addresses: Addresses): Address | undefined => {
  const text = textOf(line, 'address')
  if (text === undefined) return undefined
  return addresses.of(text) ?? addresses.of(text.replace(/:\d+$/, '').replace(/^\[([^\]]*)\]$/, '$1'))
}

/** The gateway's own log has one character for each byte of a target, other logs have the bytes themselves. */
const unwrapped = (target: string): string => Buffer.from(target, 'latin1').toString('utf8')

const requestOf = (line: Line): { method: string; target: string } | undefined => {
  const whole = line['request']
  if (typeof whole === 'string') return requestLineOf(whole)
  const method = textOf(line, 'method')
  const target = textOf(line, 'target')
  if (method === undefined || target === undefined) return undefined
  return { method, target: 'requiredLevel' in line ? unwrapped(target) : target }
}

const schemeOf = (line: Line): LogEntry['scheme'] => {
  const scheme = textOf(line, 'scheme')
  if (scheme === 'http' || scheme === 'https') return scheme
  const { request } = line
  return isRecord(request) && isRecord(request['tls']) ? 'https' : undefined
}

const statusOf = (line: Line): number | undefined => {
  const status = Number(fieldOf(line, 'status'))
  return status >= 100 && status <= 999 ? status : undefined
}

export const createJsonLine =
  (addresses: Addresses): ReadLine =>
  (text) => {
    const line = parsed(text)
    if (line === undefined) return NO_JSON
    const request = requestOf(line)
    if (request === undefined) return NO_REQUEST
    const address = addressOf(line, addresses)
    if (address === undefined) return NO_ADDRESS
    return {
      entry: {
        address,
        ...request,
        host: (textOf(line, 'host') ?? '').toLowerCase(),
        scheme: schemeOf(line),
        ...headersOf(line),
        allHeaders: isRecord(fieldOf(line, 'headers')),
        status: statusOf(line),
        time: jsonTimeOf(fieldOf(line, 'time')),
      },
    }
  }
