import type { Builtin, Context } from '../frame.ts'
import { EvaluationFault, indexIn, lengthFor, roomFor, textIn, textsIn } from '../value.ts'
import type { Value } from '../value.ts'
import { formatted } from './format.ts'
import { isPlain, pointAt, pointsIn, pointsOf, unitAt } from './points.ts'
import type { Functions } from './row.ts'

const OUT_OF_RANGE = new EvaluationFault('an index is out of range')
// The white space of Unicode: JavaScript's trim also takes U+FEFF and leaves U+0085.
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${SPACE}+`)
const SPACES = new RegExp(SPACE)
const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** Taking a text apart costs some eighty nanoseconds for each code point. */
const POINT_WORK = 8

/** A text that was read or made costs work by its length. */
const read = (context: Context, value: Value): string => {
  const text = textIn(value)
  context.spend(4 + (text.length >>> 3))
  return text
}

/** Where positions count, each code point of a text that is not plain is looked at. */
const readPoints = (context: Context, value: Value): string => {
  const text = read(context, value)
  if (!isPlain(text)) context.spend(text.length * POINT_WORK)
  return text
}

const within = (index: number, length: number): number => {
  if (!(index >= 0 && index <= length)) throw OUT_OF_RANGE
  return index
}

const charAt: Builtin = (context, receiver, at) => {
  const text = readPoints(context, receiver)
  const unit = unitAt(text, within(indexIn(at), pointsIn(text)))
  return unit < text.length ? String.fromCodePoint(text.codePointAt(unit)!) : ''
}

const indexOf: Builtin = (context, receiver, searched, from) => {
  const text = readPoints(context, receiver)
  const start = from === null ? 0 : indexIn(from)
  if (searched === '') return BigInt(start)
  if (start < 0) throw OUT_OF_RANGE
  if (start >= pointsIn(text)) return -1n
  return BigInt(pointAt(text, text.indexOf(textIn(searched), unitAt(text, start))))
}

const lastIndexOf: Builtin = (context, receiver, searched, from) => {
  const text = readPoints(context, receiver)
  const length = pointsIn(text)
  if (searched === '') return from === null ? BigInt(length) : from
  const start = from === null ? length : indexIn(from)
  if (start < 0) throw OUT_OF_RANGE
  if (from !== null && start >= length) return -1n
  return BigInt(pointAt(text, text.lastIndexOf(textIn(searched), unitAt(text, start))))
}

const substring: Builtin = (context, receiver, from, to) => {
  const text = readPoints(context, receiver)
  const length = pointsIn(text)
  const start = within(indexIn(from), length)
  const end = to === null ? length : within(indexIn(to), length)
  if (start > end) throw OUT_OF_RANGE
  return text.slice(unitAt(text, start), unitAt(text, end))
}

/** As many parts as asked for at most; the last one is the rest. */
const parts = (text: string, separator: string, most: number): string[] => {
  const all = separator === '' ? pointsOf(text) : text.split(separator)
  if (most < 0 || all.length <= most) return all
  return most === 0 ? [] : [...all.slice(0, most - 1), all.slice(most - 1).join(separator)]
}

const limitOf = (value: Value): number => (value === null ? -1 : indexIn(value))

const split: Builtin = (context, receiver, separator, limit) => {
  const text = read(context, receiver)
  context.spend(text.length)
  const all = parts(text, textIn(separator), limitOf(limit))
  roomFor(all.length)
  return all
}

const replaced = (context: Context, text: string, searched: string, by: string, limit: number): string => {
  context.spend(text.length)
  const pieces = searched === '' ? ['', ...pointsOf(text), ''] : text.split(searched)
  const times = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1)
  // Checked before it is made: a short text can be replaced by a long one many times.
  lengthFor(text.length + times * (by.length - searched.length))
  context.spend((times * by.length) >>> 3)
  return [...pieces.slice(0, times), pieces.slice(times).join(searched)].join(by)
}

const join: Builtin = (context, receiver, separator) => {
  const texts = textsIn(receiver)
  const between = separator === null ? '' : textIn(separator)
  lengthFor(texts.reduce((length, text) => length + text.length + between.length, 0))
  return read(context, texts.join(between))
}

const lower = (text: string): string => text.replaceAll(/[A-Z]+/g, (run) => run.toLowerCase())
const upper = (text: string): string => text.replaceAll(/[a-z]+/g, (run) => run.toUpperCase())

const trim = (text: string): string => {
  let end = text.length
  while (end > 0 && SPACES.test(text[end - 1]!)) end--
  return text.slice(0, end).replace(LEADING, '')
}

const reversed = (text: string): string => pointsOf(text).toReversed().join('')

const quoted = (text: string): string => {
  const quote = `"${Array.from(text.toWellFormed(), (sign) => ESCAPES[sign] ?? sign).join('')}"`
  lengthFor(quote.length)
  return quote
}

const replace: Builtin = (context, receiver, searched, by, limit) =>
  replaced(context, read(context, receiver), textIn(searched), textIn(by), limitOf(limit))

const known = (run: Builtin) => ({ declares: [], run })
const declared = (signature: string, run: Builtin) => ({ declares: [signature], run })
const byPoint =
  (change: (text: string) => string): Builtin =>
  (context, value) => {
    const text = read(context, value)
    context.spend(text.length * POINT_WORK)
    return change(text)
  }
const ofText =
  (change: (text: string) => string): Builtin =>
  (context, text) =>
    change(read(context, text))
const atEnd =
  (passes: (text: string, end: string) => boolean): Builtin =>
  (context, value, end) =>
    passes(textIn(value), read(context, end))
const test =
  (passes: (text: string, other: string) => boolean): Builtin =>
  (context, text, other) =>
    passes(read(context, text), textIn(other))

/** The functions on texts of CEL itself and of its extension `strings`. */
export const STRINGS: Functions = {
  '.startsWith/1': known(atEnd((text, other) => text.startsWith(other))),
  '.endsWith/1': known(atEnd((text, other) => text.endsWith(other))),
  '.contains/1': known(test((text, other) => text.includes(other))),
  'strings.quote/1': declared('Strings.quote(string): string', byPoint(quoted)),
  '.charAt/1': declared('string.charAt(int): string', charAt),
  '.format/1': declared('string.format(list<dyn>): string', (context, text, values) =>
    formatted(context, read(context, text), values),
  ),
  '.indexOf/1': known(indexOf),
  '.indexOf/2': known(indexOf),
  '.lastIndexOf/1': known(lastIndexOf),
  '.lastIndexOf/2': known(lastIndexOf),
  '.join/0': known(join),
  '.join/1': known(join),
  '.lowerAscii/0': known(ofText(lower)),
  '.upperAscii/0': known(ofText(upper)),
  '.trim/0': known(ofText(trim)),
  '.replace/2': declared('string.replace(string, string): string', replace),
  '.replace/3': declared('string.replace(string, string, int): string', replace),
  '.reverse/0': declared('string.reverse(): string', byPoint(reversed)),
  '.split/1': known(split),
  '.split/2': known(split),
  '.substring/1': known(substring),
  '.substring/2': known(substring),
}
