import { isDeepStrictEqual } from 'node:util'
import { shownAt } from './shown-option.ts'

/** A rule, or anything else that stands in an ordered list and has a name. */
export interface Named {
  readonly name: string
}

interface Entry {
  /** Names may stand twice in a list; then the second is another entry. */
  readonly key: string
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

const entriesOf = (list: readonly Named[]): readonly Entry[] => {
  const seen = new Map<string, number>()
  return list.map(({ ...options }) => {
    const { name } = options
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { key: `${name} ${count}`, name, options }
  })
}

/** The longest run of entries that kept their order (patience sorting, n log n): what is outside of it has moved. */
const keptInOrder = (positions: readonly number[]): ReadonlySet<number> => {
  const tails: number[] = []
  const before = new Map<number, number | undefined>()
  for (const position of positions) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (tails[middle]! < position) low = middle + 1
      else high = middle
    }
    before.set(position, tails[low - 1])
    tails[low] = position
  }
  const kept = new Set<number>()
  for (let at = tails.at(-1); at !== undefined; at = before.get(at)) kept.add(at)
  return kept
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An option that is different. */
export interface OptionChange {
  /** `pass.ttl`; empty where the whole value is another. */
  readonly key: string
  /** `7d → 1d` */
  readonly change: string
}

/** Addresses are told whole. */
const isEndpoint = (value: unknown): boolean =>
  isPlain(value) && 'kind' in value && ('host' in value || 'path' in value)

/** The leaves that differ. Lists are told whole. */
export const optionChanges = (
  path: readonly string[],
  old: unknown,
  next: unknown,
): readonly OptionChange[] => {
  if (isDeepStrictEqual(old, next)) return []
  if (isPlain(old) && isPlain(next) && !isEndpoint(old) && !isEndpoint(next)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])]
    return keys.flatMap((key) => optionChanges([...path, key], old[key], next[key]))
  }
  return [{ key: path.join('.'), change: `${shownAt(path, old)} → ${shownAt(path, next)}` }]
}

const whereIn = (list: readonly Entry[], index: number): string => {
  const following = list[index + 1]
  return following === undefined ? '(last)' : `(before ${following.name})`
}

/**
 * What happened to an ordered list of named things, in the words of an operator: added, removed, moved, changed.
 *
 * @param noun `rule`, `threshold`.
 */
export const listChanges = (
  noun: string,
  old: readonly Named[],
  next: readonly Named[],
): readonly string[] => {
  const [before, after] = [entriesOf(old), entriesOf(next)]
  const positions = new Map(before.map(({ key }, index) => [key, index]))
  const left = new Set(after.map(({ key }) => key))
  const kept = keptInOrder(after.flatMap(({ key }) => positions.get(key) ?? []))
  const removed = before.filter(({ key }) => !left.has(key)).map(({ name }) => `${noun} removed: ${name}`)
  const told = after.flatMap((entry, index) => {
    const position = positions.get(entry.key)
    if (position === undefined) return [`${noun} added: ${entry.name} ${whereIn(after, index)}`]
    const changes = optionChanges([], before[position]!.options, entry.options)
    return [
      ...(kept.has(position) ? [] : [`${noun} moved: ${entry.name} ${whereIn(after, index)}`]),
      ...changes.map(({ key, change }) => `${noun} changed: ${entry.name}: ${key} ${change}`),
    ]
  })
  return [...removed, ...told]
}
