import type { Context } from '../frame.ts'
import { compare } from '../compare.ts'
import {
  EvaluationFault,
  isDictionary,
  isList,
  lengthFor,
  listIn,
  noOverload,
  typeNameOf,
  Uint,
} from '../value.ts'
import type { Dictionary, List, Value } from '../value.ts'
import { doubleText, shownAs } from './text.ts'

const BAD_FORMAT = new EvaluationFault('the format is malformed or has too few values')
const DIRECTIVE = /%(?:\.(\d{1,3}))?([a-zA-Z%])/g
const LONGEST_FRACTION = 100
const DEFAULT_FRACTION = 6

type Append = (piece: string) => void

const writeList = (append: Append, context: Context, list: List): void => {
  append('[')
  for (const [index, entry] of list.entries()) {
    if (index > 0) append(', ')
    write(append, context, entry)
  }
  append(']')
}

/** By the order of the keys where they have one. */
const sortedKeys = (context: Context, map: Dictionary): Value[] =>
  [...map.keys()].sort((a, b) => (typeNameOf(a) === typeNameOf(b) ? compare(context, a, b) : 0))

/** Piece by piece, so that what is too long is never made. */
const write = (append: Append, context: Context, value: Value): void => {
  if (typeof value === 'string') return append(value)
  if (isList(value)) return writeList(append, context, value)
  if (!isDictionary(value)) return append(shownAs(value))
  append('{')
  for (const [index, key] of sortedKeys(context, value).entries()) {
    if (index > 0) append(', ')
    write(append, context, key)
    append(': ')
    write(append, context, value.get(key) ?? null)
  }
  append('}')
}

const whole = (value: Value): bigint => {
  if (typeof value === 'bigint') return value
  return value instanceof Uint ? value.value : noOverload()
}

const hex = (value: Value): string => {
  if (typeof value === 'string') return Buffer.from(value).toString('hex')
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : whole(value).toString(16)
}

const real = (value: Value): number => {
  if (typeof value === 'number') return value
  return Number(whole(value))
}

const scientific = (value: number, digits: number): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')

const fraction = (value: Value, digits: number, text: (value: number, digits: number) => string): string => {
  const number = real(value)
  return Number.isFinite(number)
    ? text(number, digits)
    : doubleText(number).replace('Inf', 'Infinity').replace('+', '')
}

const one = (verb: string, digits: number, value: Value): string => {
  switch (verb) {
    case 'd':
      return whole(value).toString()
    case 'f':
      return fraction(value, digits, (number, places) => number.toFixed(places))
    case 'e':
      return fraction(value, digits, scientific)
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : whole(value).toString(2)
    case 'o':
      return whole(value).toString(8)
    case 'x':
      return hex(value)
    case 'X':
      return hex(value).toUpperCase()
    default:
      throw BAD_FORMAT
  }
}

/** `format`: `%s %d %f %e %b %o %x %X %%`, as the extension `strings` has it. */
export const formatted = (context: Context, format: string, values: Value): string => {
  const list = listIn(values)
  if (format.replaceAll(DIRECTIVE, '').includes('%')) throw BAD_FORMAT
  let next = 0
  let at = 0
  let text = ''
  const append = (piece: string): void => {
    lengthFor(text.length + piece.length)
    context.spend(4 + (piece.length >>> 2))
    text += piece
  }
  for (const match of format.matchAll(DIRECTIVE)) {
    append(format.slice(at, match.index))
    at = match.index + match[0].length
    const digits = Number(match[1] ?? DEFAULT_FRACTION)
    if (digits > LONGEST_FRACTION) throw BAD_FORMAT
    if (match[2] === '%') append('%')
    else {
      const value = list[next++]
      if (value === undefined) throw BAD_FORMAT
      if (match[2] === 's') write(append, context, value)
      else append(one(match[2]!, digits, value))
    }
  }
  append(format.slice(at))
  return text
}
