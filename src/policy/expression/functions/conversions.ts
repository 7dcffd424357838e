import { instantAt } from '../arithmetic.ts'
import type { Builtin } from '../frame.ts'
import {
  EvaluationFault,
  Instant,
  int64,
  isDictionary,
  isList,
  lengthFor,
  noOverload,
  Span,
  TypeName,
  typeNameOf,
  Uint,
  uint64,
} from '../value.ts'
import type { Value } from '../value.ts'
import { parseInstant, parseSpan, secondsOf } from './moments.ts'
import { pointsIn } from './points.ts'
import type { Functions } from './row.ts'
import { shownAs } from './text.ts'
import { MOMENT_SIGNATURES } from './time.ts'

const NO_NUMBER = new EvaluationFault('the value cannot be made a number')
const NO_BOOL = new EvaluationFault('the text is neither true nor false')
const NO_TEXT = new EvaluationFault('the bytes are not UTF-8')
const WHOLE = /^[+-]?\d{1,20}$/
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const LONGEST_NUMBER = 100
const BOOLS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}
const ENDLESS: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN }

const integer = (value: Value): bigint => {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return value.value
  if (value instanceof Instant) return secondsOf(value)
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value))
  if (typeof value === 'string' && WHOLE.test(value)) return BigInt(value.replace(/^\+/, ''))
  throw NO_NUMBER
}

const parseReal = (text: string): number => {
  if (text.length <= LONGEST_NUMBER && REAL.test(text)) return Number(text)
  const [, sign = '', word = ''] = /^([+-]?)(\w{1,8})$/.exec(text) ?? []
  const endless = ENDLESS[word.toLowerCase()]
  if (endless === undefined) throw NO_NUMBER
  return sign === '-' ? -endless : endless
}

const double: Builtin = (_, value) => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? parseReal(value) : Number(integer(value))
}

const bool: Builtin = (_, value) => {
  if (typeof value === 'boolean') return value
  const known = typeof value === 'string' && Object.hasOwn(BOOLS, value) ? BOOLS[value] : undefined
  if (known === undefined) throw NO_BOOL
  return known
}

const string: Builtin = (context, value) => {
  if (isList(value) || isDictionary(value)) return noOverload()
  const text = shownAs(value)
  if (value instanceof Uint8Array && !Buffer.from(text).equals(value)) throw NO_TEXT
  lengthFor(text.length)
  context.spend(4 + (text.length >>> 3))
  return text
}

const bytes: Builtin = (context, value) => {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string') return noOverload()
  lengthFor(value.length)
  context.spend(4 + (value.length >>> 3))
  return Buffer.from(value)
}

const size: Builtin = (context, value) => {
  if (typeof value === 'string') {
    context.spend(value.length >>> 4)
    return BigInt(pointsIn(value))
  }
  if (isDictionary(value)) return BigInt(value.size)
  return isList(value) || value instanceof Uint8Array ? BigInt(value.length) : noOverload()
}

const timestamp: Builtin = (_, value) => {
  if (value instanceof Instant) return value
  return typeof value === 'string' ? parseInstant(value) : instantAt(integer(value) * 1_000_000_000n)
}

const duration: Builtin = (_, value) => {
  if (value instanceof Span) return value
  return typeof value === 'string' ? parseSpan(value) : noOverload()
}

const known = (run: Builtin) => ({ declares: [], run })

/** The conversions between types, and `size`. */
export const CONVERSIONS: Functions = {
  'size/1': known(size),
  '.size/0': known(size),
  'dyn/1': known((_, value) => value),
  'type/1': known((_, value) => new TypeName(typeNameOf(value))),
  'bool/1': known(bool),
  'bytes/1': known(bytes),
  'double/1': known(double),
  'int/1': { declares: [MOMENT_SIGNATURES.int, 'int(uint): int'], run: (_, value) => int64(integer(value)) },
  'uint/1': known((_, value) => uint64(integer(value))),
  'string/1': { declares: MOMENT_SIGNATURES.strings, run: string },
  'timestamp/1': { declares: [MOMENT_SIGNATURES.timestamp], run: timestamp },
  'duration/1': { declares: [MOMENT_SIGNATURES.duration], run: duration },
}
