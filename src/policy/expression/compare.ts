import type { Context } from './frame.ts'
import { Instant, isDictionary, isList, keyOf, noOverload, Span, TypeName, Uint } from './value.ts'
import type { Dictionary, List, Value } from './value.ts'

const SURROGATE = /[\ud800-\udfff]/

const sameLists = (context: Context, a: List, b: List): boolean => {
  context.spend(a.length)
  return a.length === b.length && a.every((entry, index) => equals(context, entry, b[index] ?? null))
}

const sameDictionaries = (context: Context, a: Dictionary, b: Dictionary): boolean => {
  if (a.size !== b.size) return false
  context.spend(a.size)
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || !equals(context, value, other)) return false
  }
  return true
}

const number = (value: Value): number | bigint | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Uint ? value.value : undefined
}

/** Equality of CEL: numbers by their value, lists and maps by their entries; values of different types differ. */
export const equals = (context: Context, a: Value, b: Value): boolean => {
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string') return false
  const left = number(a)
  const right = number(b)
  // oxlint-disable-next-line eqeqeq -- the one comparison of bigint with number that is exact
  if (left !== undefined && right !== undefined) return left == right
  if (isList(a)) return isList(b) && sameLists(context, a, b)
  if (isDictionary(a)) return isDictionary(b) && sameDictionaries(context, a, b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof Instant) return b instanceof Instant && a.nanos === b.nanos
  if (a instanceof Span) return b instanceof Span && a.nanos === b.nanos
  return a instanceof TypeName && b instanceof TypeName && a.name === b.name
}

/** Texts in the order of their code points, which is not that of UTF-16 beyond U+FFFF. */
const compareTexts = (context: Context, a: string, b: string): number => {
  context.spend((a.length + b.length) >>> 3)
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  if (a === b) return 0
  return a < b ? -1 : 1
}

const order = (a: number | bigint, b: number | bigint): number => {
  if (a < b) return -1
  if (a > b) return 1
  // Nothing compares with NaN, which is neither less nor more nor the same.
  // oxlint-disable-next-line eqeqeq -- as above
  return a == b ? 0 : Number.NaN
}

/** Below, at or above zero as `a` is before, at or after `b`; NaN when they have no order. */
export const compare = (context: Context, a: Value, b: Value): number => {
  const left = number(a)
  const right = number(b)
  if (left !== undefined && right !== undefined) return order(left, right)
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(context, a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Instant && b instanceof Instant) return order(a.nanos, b.nanos)
  if (a instanceof Span && b instanceof Span) return order(a.nanos, b.nanos)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return noOverload()
}

/** `in`: an entry of a list, a key of a map. */
export const contains = (context: Context, value: Value, range: Value): boolean => {
  if (isDictionary(range)) return range.has(keyOf(value))
  if (!isList(range)) return noOverload()
  context.spend(range.length)
  return range.some((entry) => equals(context, value, entry))
}
