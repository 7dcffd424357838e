/** What an expression computes with. Integers are bigint within 64 bits, doubles are number. */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Uint8Array
  | Uint
  | Instant
  | Span
  | TypeName
  | List
  | Dictionary

export type List = readonly Value[]
export type Dictionary = ReadonlyMap<Value, Value>

/** An expression that has no value for this request; the rule's evaluator decides what that means. */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault'
}

/** An unsigned integer of 64 bits. */
export class Uint {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A point in time, in nanoseconds since 1970 (UTC). */
export class Instant {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A duration in nanoseconds. */
export class Span {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A type as a value: `type(x) == int`. */
export class TypeName {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Entries that a list or a map may have while an expression is evaluated. */
export const MOST_ENTRIES = 128
/** UTF-16 units that a text may have that an expression makes. */
export const LONGEST_TEXT = 65_536

const NO_OVERLOAD = new EvaluationFault('the types of the operands do not fit')
const TOO_MANY = new EvaluationFault(`a list or map has more than ${MOST_ENTRIES} entries`)
const TOO_LONG = new EvaluationFault(`a text has more than ${LONGEST_TEXT} characters`)
const OVERFLOW = new EvaluationFault('the number does not fit 64 bits')

export const noOverload = (): never => {
  throw NO_OVERLOAD
}

/** Throws unless a list of that length may be made. */
export const roomFor = (entries: number): void => {
  if (entries > MOST_ENTRIES) throw TOO_MANY
}

/** Throws unless a text of that length may be made. */
export const lengthFor = (characters: number): void => {
  if (characters > LONGEST_TEXT) throw TOO_LONG
}

export const int64 = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw OVERFLOW
  return value
}

export const uint64 = (value: bigint): Uint => {
  if (BigInt.asUintN(64, value) !== value) throw OVERFLOW
  return new Uint(value)
}

export const isList = (value: Value): value is List => Array.isArray(value)
export const isDictionary = (value: Value): value is Dictionary => value instanceof Map

export const textIn = (value: Value): string => (typeof value === 'string' ? value : noOverload())
export const intIn = (value: Value): bigint => (typeof value === 'bigint' ? value : noOverload())
export const listIn = (value: Value): List => (isList(value) ? value : noOverload())
export const dictionaryIn = (value: Value): Dictionary => (isDictionary(value) ? value : noOverload())
export const textsIn = (value: Value): readonly string[] => listIn(value).map(textIn)

/** An integer as an index; all that do not fit are out of every range. */
export const indexIn = (value: Value): number => Number(intIn(value))

/** Under which key a value stands in a map: the numbers 1, 1u and 1.0 are one key. */
export const keyOf = (value: Value): Value => {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  return value instanceof Uint ? value.value : value
}

export const typeNameOf = (value: Value): string => {
  if (value === null) return 'null_type'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'string') return 'string'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Instant) return 'google.protobuf.Timestamp'
  if (value instanceof Span) return 'google.protobuf.Duration'
  if (value instanceof TypeName) return 'type'
  return isList(value) ? 'list' : 'map'
}
