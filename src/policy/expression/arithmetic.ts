import type { Context } from './frame.ts'
import {
  EvaluationFault,
  Instant,
  int64,
  isList,
  lengthFor,
  noOverload,
  roomFor,
  Span,
  Uint,
  uint64,
} from './value.ts'
import type { Value } from './value.ts'

const BY_ZERO = new EvaluationFault('division by zero')
const OUT_OF_TIME = new EvaluationFault('the time is not between the years 1 and 9999')
/** Nanoseconds of the years 1 and 10000. */
const FIRST = -62_135_596_800_000_000_000n
const LAST = 253_402_300_800_000_000_000n

/** What an operator between two values does. */
export type Operation = (context: Context, a: Value, b: Value) => Value

/** Throws unless the point in time is one that CEL knows. */
export const instantAt = (nanos: bigint): Instant => {
  if (nanos < FIRST || nanos >= LAST) throw OUT_OF_TIME
  return new Instant(nanos)
}

export const spanOf = (nanos: bigint): Span => new Span(int64(nanos))

const nonZero = (value: bigint): bigint => {
  if (value === 0n) throw BY_ZERO
  return value
}

const numeric =
  (
    whole: (a: bigint, b: bigint) => bigint,
    real: ((a: number, b: number) => number) | undefined,
  ): Operation =>
  (_, a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return int64(whole(a, b))
    if (real !== undefined && typeof a === 'number' && typeof b === 'number') return real(a, b)
    return a instanceof Uint && b instanceof Uint ? uint64(whole(a.value, b.value)) : noOverload()
  }

const sum = numeric(
  (a, b) => a + b,
  (a, b) => a + b,
)
const difference = numeric(
  (a, b) => a - b,
  (a, b) => a - b,
)

const joined = (context: Context, a: string, b: string): string => {
  lengthFor(a.length + b.length)
  context.spend((a.length + b.length) >>> 4)
  return a + b
}

const add: Operation = (context, a, b) => {
  if (typeof a === 'string' && typeof b === 'string') return joined(context, a, b)
  if (isList(a) && isList(b)) {
    roomFor(a.length + b.length)
    context.spend(a.length + b.length)
    return [...a, ...b]
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    lengthFor(a.length + b.length)
    context.spend((a.length + b.length) >>> 3)
    return Buffer.concat([a, b])
  }
  if (a instanceof Span && b instanceof Span) return spanOf(a.nanos + b.nanos)
  if (a instanceof Instant && b instanceof Span) return instantAt(a.nanos + b.nanos)
  if (a instanceof Span && b instanceof Instant) return instantAt(a.nanos + b.nanos)
  return sum(context, a, b)
}

const subtract: Operation = (context, a, b) => {
  if (a instanceof Span && b instanceof Span) return spanOf(a.nanos - b.nanos)
  if (a instanceof Instant && b instanceof Instant) return spanOf(a.nanos - b.nanos)
  if (a instanceof Instant && b instanceof Span) return instantAt(a.nanos - b.nanos)
  return difference(context, a, b)
}

/** The operators that compute; each throws an `EvaluationFault` where there is no result. */
export const ARITHMETIC: Readonly<Record<'+' | '-' | '*' | '/' | '%', Operation>> = {
  '+': add,
  '-': subtract,
  '*': numeric(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': numeric(
    (a, b) => a / nonZero(b),
    (a, b) => a / b,
  ),
  '%': numeric((a, b) => a % nonZero(b), undefined),
}

export const negated = (value: Value): Value => {
  if (typeof value === 'bigint') return int64(-value)
  return typeof value === 'number' ? -value : noOverload()
}
