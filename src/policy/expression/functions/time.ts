import type { Builtin } from '../frame.ts'
import { Instant, int64, noOverload, Span, textIn } from '../value.ts'
import type { Value } from '../value.ts'
import { localDate } from './moments.ts'
import type { Functions } from './row.ts'

/** Asking for a named time zone is slow. */
const ZONE_WORK = 20_000
const DAY = 86_400_000
const INSTANT = 'google.protobuf.Timestamp'

const spanIn = (value: Value): bigint => (value instanceof Span ? value.nanos : noOverload())

const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / DAY)

const FIELDS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
}

/** Of a duration: how many whole ones it has. */
const SPANS: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / 3_600_000_000_000n,
  getMinutes: (nanos) => nanos / 60_000_000_000n,
  getSeconds: (nanos) => nanos / 1_000_000_000n,
  getMilliseconds: (nanos) => nanos / 1_000_000n,
}

const field =
  (name: string, of: (date: Date) => number): Builtin =>
  (context, value, zone) => {
    const ofSpan = SPANS[name]
    if (!(value instanceof Instant)) return int64(ofSpan === undefined ? noOverload() : ofSpan(spanIn(value)))
    if (zone !== null) context.spend(ZONE_WORK)
    return BigInt(of(localDate(value, zone === null ? undefined : textIn(zone))))
  }

/** The parts of a time, in UTC or in a zone such as `Europe/Berlin` or `+02:00`. */
export const TIME: Functions = Object.fromEntries(
  Object.entries(FIELDS).flatMap(([name, of]) => {
    const run = field(name, of)
    return [
      [`.${name}/0`, { declares: [], run }],
      [`.${name}/1`, { declares: [], run }],
    ]
  }),
)

/** Overloads of the conversions that the checker of types lacks. */
export const MOMENT_SIGNATURES = {
  timestamp: `timestamp(${INSTANT}): ${INSTANT}`,
  duration: 'duration(google.protobuf.Duration): google.protobuf.Duration',
  int: `int(${INSTANT}): int`,
  strings: [`string(${INSTANT}): string`, 'string(google.protobuf.Duration): string'],
} as const
