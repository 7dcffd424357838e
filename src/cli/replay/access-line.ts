/** Common and combined log format, as Apache and nginx write them, also with the host before the rest. */
import type { Address } from '../../base/address.ts'
import { malformed, NO_REQUEST } from './entry.ts'
import type { LogEntry, ReadLine, Unread } from './entry.ts'
import { createClfTimes } from './log-time.ts'
import { endOfQuoted, quotedText } from './quoted.ts'
import { requestLineOf } from './request-line.ts'
import type { Addresses } from './addresses.ts'

const NO_TIME = malformed('no time in brackets')
const NO_ADDRESS = malformed('no address of the client')
const NO_REQUEST_LINE = malformed('no quoted request')
const NO_STATUS = malformed('no status')
const CUT = malformed('no quoted Referer and User-Agent')

/** A user name may hold ` [` too, but not often. */
const MOST_BRACKETS = 8

interface Start {
  readonly address: Address
  readonly host: string
}

/** `ADDRESS - USER`, or `HOST[:PORT] ADDRESS - USER`. */
const startOf = (text: string, addresses: Addresses): Start | undefined => {
  const space = text.indexOf(' ')
  if (space < 1) return undefined
  const first = text.slice(0, space)
  const next = text.indexOf(' ', space + 1)
  const second = next > space + 2 ? addresses.of(text.slice(space + 1, next)) : undefined
  if (second !== undefined) return { address: second, host: first.toLowerCase() }
  const address = addresses.of(first)
  return address && { address, host: '' }
}

interface Stamp {
  /** Of the bracket. */
  readonly at: number
  /** Of the first letter of the request. */
  readonly behind: number
  readonly time: number
}

const stampOf = (line: string, timeOf: (text: string) => number | undefined): Stamp | undefined => {
  let at = line.indexOf(' [')
  for (let tries = 0; at >= 0 && tries < MOST_BRACKETS; tries++) {
    const end = line.indexOf('] "', at)
    if (end < 0) return undefined
    const time = end - at > 40 ? undefined : timeOf(line.slice(at + 2, end))
    if (time !== undefined) return { at, behind: end + 3, time }
    at = line.indexOf(' [', at + 1)
  }
  return undefined
}

/** The quoted fields that begin at `from`, each behind one space; `-` is absent. At most `most`. */
const quotedFields = (line: string, from: number, most: number): (string | undefined)[] => {
  const fields: (string | undefined)[] = []
  let at = from
  while (fields.length < most && line.startsWith(' "', at)) {
    const end = endOfQuoted(line, at + 2)
    if (end < 0) break
    const text = quotedText(line, at + 2, end)
    fields.push(text === '-' ? undefined : text)
    at = end + 1
  }
  return fields
}

const NO_NAMES: readonly string[] = Object.freeze([])
const NONE: Readonly<Record<string, string>> = Object.freeze({})

const ADDRESSES = /^[0-9a-fA-F:.]+(?:, ?[0-9a-fA-F:.]+)*$/

/** Referer, User-Agent, and what the usual log of nginx has behind them. */
const headersOf = (fields: readonly (string | undefined)[]): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  if (fields[0] !== undefined) headers['referer'] = fields[0]
  if (fields[1] !== undefined) headers['user-agent'] = fields[1]
  if (fields[2] !== undefined && ADDRESSES.test(fields[2])) headers['x-forwarded-for'] = fields[2]
  return headers
}

const STATUS = /^ ([1-9]\d\d) (?:\d+|-)(?= |$)/

/** `combined`: Referer and User-Agent stand behind the status, if anything does; `common`: they are not looked at. */
export const createAccessLine = (kind: 'common' | 'combined', addresses: Addresses): ReadLine => {
  const timeOf = createClfTimes()

  const rest = (line: string, end: number): Pick<LogEntry, 'status' | 'headers'> | Unread => {
    const tail = line.slice(end + 1)
    const found = STATUS.exec(tail)
    if (found === null) return NO_STATUS
    const status = Number(found[1])
    if (kind === 'common' || tail.length === found[0].length) return { status, headers: NONE }
    const fields = quotedFields(tail, found[0].length, 3)
    return fields.length < 2 ? CUT : { status, headers: headersOf(fields) }
  }

  return (line) => {
    const stamp = stampOf(line, timeOf)
    if (stamp === undefined) return NO_TIME
    const start = startOf(line.slice(0, stamp.at), addresses)
    if (start === undefined) return NO_ADDRESS
    const end = endOfQuoted(line, stamp.behind)
    if (end < 0) return NO_REQUEST_LINE
    const told = rest(line, end)
    if ('why' in told) return told
    const request = requestLineOf(quotedText(line, stamp.behind, end))
    if (request === undefined) return NO_REQUEST
    const { address, host } = start
    const { method, target } = request
    const { headers, status } = told
    return {
      entry: {
        address,
        method,
        target,
        host,
        scheme: undefined,
        headers,
        allHeaders: false,
        absent: NO_NAMES,
        status,
        time: stamp.time,
      },
    }
  }
}
