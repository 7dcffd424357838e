import { instantAt, spanOf } from '../arithmetic.ts'
import { EvaluationFault } from '../value.ts'
import type { Instant, Span } from '../value.ts'

const NO_TIME = new EvaluationFault('timestamp() needs a time such as 2026-01-31T12:00:00Z')
const NO_DURATION = new EvaluationFault('duration() needs a duration such as 1h30m')
const NO_ZONE = new EvaluationFault('is not a time zone')
const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/
const PART = /(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|μs|ns)/y
const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
}
const SECOND = 1_000_000_000n
const LONGEST = 100

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by

/** RFC 3339. */
export const parseInstant = (text: string): Instant => {
  const match = TIME.exec(text)
  if (match === null) throw NO_TIME
  const [, year, month, day, hour, minute, second, part = '', zone = 'Z'] = match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const milliseconds = Date.parse(local + (zone === 'z' ? 'Z' : zone))
  // A day that the month does not have would become one of the next.
  const real = new Date(`${local}Z`)
  if (Number.isNaN(milliseconds) || real.getUTCDate() !== Number(day) || hour === '24') throw NO_TIME
  return instantAt(BigInt(milliseconds) * 1_000_000n + BigInt(part.padEnd(9, '0')))
}

const fractionText = (nanos: bigint): string =>
  nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`

export const millisecondsOf = ({ nanos }: Instant): number => Number(floorDivide(nanos, 1_000_000n))

export const secondsOf = ({ nanos }: Instant): bigint => floorDivide(nanos, SECOND)

export const instantText = (instant: Instant): string => {
  const seconds = secondsOf(instant)
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return `${text}${fractionText(instant.nanos - seconds * SECOND)}Z`
}

/** Go's durations: `1h30m`, `-1.5s`, `100ms`. */
export const parseSpan = (text: string): Span => {
  if (text.length > LONGEST) throw NO_DURATION
  const signed = /^[+-]/.test(text)
  const body = signed ? text.slice(1) : text
  if (body === '0') return spanOf(0n)
  if (body === '') throw NO_DURATION
  let total = 0n
  let at = 0
  while (at < body.length) {
    const part = new RegExp(PART)
    part.lastIndex = at
    const match = part.exec(body)
    const [all, whole = '', fraction = '', unit = ''] = match ?? ['']
    if (match === null || (whole === '' && fraction === '')) throw NO_DURATION
    const size = UNITS[unit] ?? 0n
    total += BigInt(whole === '' ? 0 : whole) * size
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
    at += all.length
  }
  return spanOf(text.startsWith('-') ? -total : total)
}

export const spanText = ({ nanos }: Span): string => {
  const size = nanos < 0n ? -nanos : nanos
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fractionText(size % SECOND)}s`
}

const offsetIn = (zone: string): number | undefined => {
  const match = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (match === null) return undefined
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000
}

const namedOffset = (milliseconds: number, zone: string): number => {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(milliseconds)
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
    const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
    return local - Math.floor(milliseconds / 1000) * 1000
  } catch {
    throw NO_ZONE
  }
}

/** The date and time on the clocks of a zone (UTC when none is named), as the UTC fields of a Date. */
export const localDate = (instant: Instant, zone: string | undefined): Date => {
  const milliseconds = millisecondsOf(instant)
  if (zone === undefined || zone === 'UTC') return new Date(milliseconds)
  return new Date(milliseconds + (offsetIn(zone) ?? namedOffset(milliseconds, zone)))
}
