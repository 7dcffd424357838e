import { createRangeSet, parseRange } from '../../base/address-range.ts'
import type { AddressRange } from '../../base/address-range.ts'
import type { Atom } from './atoms.ts'

const rangesOf = (texts: readonly string[]): readonly AddressRange[] =>
  texts.flatMap((text) => {
    const range = parseRange(text)
    return range.ok ? [range.value] : []
  })

/** A block lies in a set of joined blocks when both of its ends and one interval hold it. */
const within = (inner: readonly string[], outer: readonly string[]): boolean => {
  const parsed = rangesOf(outer)
  const set = createRangeSet(parsed)
  return rangesOf(inner).every((range) => createRangeSet([...parsed, range]).size === set.size && set.has({ words: range.first }) && set.has({ words: range.last }))
}

const LITERAL = /^\^(?<literal>(?:[A-Za-z0-9/_ %=&~@:,;!-]|\\[.\-/?+*$()[\]{}|^\\])*)(?<end>\$?)$/

/** `^/a` holds wherever `^/a/b` does. */
const startsWithin = (narrow: string, wide: string): boolean => {
  const outer = LITERAL.exec(wide)?.groups
  const inner = LITERAL.exec(narrow)?.groups
  if (outer?.['literal'] === undefined || inner?.['literal'] === undefined) return false
  return outer['end'] === '' && inner['literal'].startsWith(outer['literal'])
}

const PATTERNS = new Set(['path_regex', 'user_agent_regex'])
/** Twice asked, it answers twice. */
const CHANCE = /\brandInt\s*\(/

/** Whether `wide` certainly holds wherever `narrow` does. */
const implies = (narrow: Atom, wide: Atom): boolean => {
  if (narrow.key !== wide.key) return false
  if (wide.key === 'expression' && CHANCE.test(wide.text)) return false
  if (narrow.text === wide.text) return true
  if (narrow.ranges !== undefined && wide.ranges !== undefined) return within(narrow.ranges, wide.ranges)
  if (narrow.expressions !== undefined && wide.expressions !== undefined)
    return narrow.expressions.every((item) => wide.expressions?.includes(item) === true)
  return PATTERNS.has(wide.key) && startsWithin(narrow.text, wide.text)
}

/** Whether all of `wide` certainly hold wherever all of `narrow` do. */
export const allImplied = (narrow: readonly Atom[], wide: readonly Atom[]): boolean =>
  wide.every((outer) => narrow.some((inner) => implies(inner, outer)))
