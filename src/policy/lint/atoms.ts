import type { RangeSet } from '../../base/address.ts'
import { createRangeSet, parseRange } from '../../base/address-range.ts'
import type { AddressRange } from '../../base/address-range.ts'
import { itemsOf } from '../expression/options.ts'
import type { ExpressionOption } from '../expression/options.ts'
import type { ConditionOptions } from '../options.ts'
import { alwaysMatches } from './always.ts'
import type { LintedPolicy } from './finding.ts'

/** The ranges of one list. */
export interface Addresses {
  readonly texts: readonly string[]
  readonly ranges: readonly AddressRange[]
  readonly set: RangeSet
}

/** The least piece of a rule's conditions; all pieces of a rule must hold. */
export interface Atom {
  /** The key that asks for it. */
  readonly key: string
  /** What it asks, such that equal texts ask the same. */
  readonly text: string
  /** Of `remote_addresses`. */
  readonly addresses?: Addresses
  /** Of `expression`: the alternatives of which one must hold. */
  readonly expressions?: readonly string[]
}

/** A named condition may name others, but not without end: the policy has been compiled. */
const DEEPEST = 20

const listOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names

const EVERYTHING = '::/0'

const addressAtom = (texts: readonly string[]): Atom[] => {
  if (texts.includes(EVERYTHING)) return []
  const ranges = texts.map(parseRange).flatMap((range) => (range.ok ? [range.value] : []))
  const addresses = { texts, ranges, set: createRangeSet(ranges) }
  return [{ key: 'remote_addresses', text: texts.toSorted().join(' '), addresses }]
}

const expressionAtom = (...expressions: readonly string[]): Atom => ({
  key: 'expression',
  text: expressions.map((item) => item.replaceAll(/\s+/g, ' ').trim()).join(' || '),
  expressions,
})

const expressionAtoms = (option: ExpressionOption): Atom[] => {
  const { items, joined } = itemsOf(option)
  const holds = (item: string): boolean => item.trim() === 'true'
  if (joined === 'any') return items.some(holds) ? [] : [expressionAtom(...items)]
  return items.filter((item) => !holds(item)).map((item) => expressionAtom(item))
}

const patternAtom = (key: string, pattern: string, start: string): Atom[] =>
  alwaysMatches(pattern, start) ? [] : [{ key, text: pattern.trim() }]

const headerAtoms = (patterns: Readonly<Record<string, string>>): Atom[] =>
  Object.entries(patterns).flatMap(([name, pattern]) => {
    const text = `${name.toLowerCase()}: ${pattern.trim()}`
    // `.*` asks for a header that is there.
    return pattern.trim() !== '.*' && alwaysMatches(pattern, '') ? [] : [{ key: 'headers_regex', text }]
  })

/** The pieces of a condition that do ask something; none when it holds for every request. */
export const atomsOf = (
  options: ConditionOptions,
  conditions: LintedPolicy['conditions'] = {},
  depth = 0,
): readonly Atom[] => {
  const atoms: Atom[] = []
  for (const [key, option] of Object.entries(options) as [keyof ConditionOptions, unknown][]) {
    if (NOT_CONDITIONS.has(key) || HANDLED.has(key) || option === undefined) continue
    atoms.push({ key, text: JSON.stringify(option) })
  }
  const { remote_addresses, user_agent_regex, path_regex, headers_regex, expression } = options
  if (remote_addresses !== undefined) atoms.push(...addressAtom(remote_addresses))
  if (user_agent_regex !== undefined) atoms.push(...patternAtom('user_agent_regex', user_agent_regex, ''))
  if (path_regex !== undefined) atoms.push(...patternAtom('path_regex', path_regex, '/'))
  if (headers_regex !== undefined) atoms.push(...headerAtoms(headers_regex))
  if (expression !== undefined) atoms.push(...expressionAtoms(expression))
  for (const name of listOf(options.unless)) atoms.push({ key: 'unless', text: name })
  for (const name of listOf(options.condition)) {
    const named = conditions[name]
    if (named === undefined || depth >= DEEPEST) atoms.push({ key: 'condition', text: name })
    else atoms.push(...atomsOf(named, conditions, depth + 1))
  }
  return atoms
}

const HANDLED = new Set<string>([
  'remote_addresses',
  'user_agent_regex',
  'path_regex',
  'headers_regex',
  'expression',
  'unless',
  'condition',
])
/** Keys of a rule that are no conditions. */
const NOT_CONDITIONS = new Set<string>(['name', 'action', 'weight', 'challenge', 'mode', 'canary'])
