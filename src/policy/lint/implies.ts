import { createRangeSet } from '../../base/address-range.ts'
import type { Addresses, Atom } from './atoms.ts'

/**
 * Whether all ranges of `inner` lie in `outer`: their ends do, and none of them closes a gap.
 */
const within = (inner: Addresses, { ranges, set }: Addresses): boolean =>
  inner.ranges.every(({ first, last }) => set.has({ words: first }) && set.has({ words: last })) &&
  createRangeSet([...ranges, ...inner.ranges]).size === set.size

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
  if (narrow.addresses !== undefined && wide.addresses !== undefined)
    return within(narrow.addresses, wide.addresses)
  if (narrow.expressions !== undefined && wide.expressions !== undefined)
    return narrow.expressions.every((item) => wide.expressions?.includes(item) === true)
  return PATTERNS.has(wide.key) && startsWithin(narrow.text, wide.text)
}

/** Whether all of `wide` certainly hold wherever all of `narrow` do. */
export const allImplied = (narrow: readonly Atom[], wide: readonly Atom[]): boolean =>
  wide.every((outer) => narrow.some((inner) => implies(inner, outer)))
