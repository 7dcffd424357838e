import { parseRange } from '../../base/address-range.ts'
import type { Words } from '../../base/address.ts'

/** A range of addresses and who named it; the ends compare as texts. */
export interface Interval<Owner> {
  readonly first: string
  readonly last: string
  readonly text: string
  readonly owner: Owner
}

const hex = (words: Words): string => words.map((word) => word.toString(16).padStart(8, '0')).join('')

export const intervalsOf = <Owner>(ranges: readonly string[], owner: Owner): readonly Interval<Owner>[] =>
  ranges.flatMap((text) => {
    const range = parseRange(text)
    return range.ok ? [{ first: hex(range.value.first), last: hex(range.value.last), text, owner }] : []
  })

/** More ranges around one range are not looked at. */
const MOST_AROUND = 16

const order = (a: Interval<unknown>, b: Interval<unknown>): number => {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1
}

/** Tells of every range that lies in another one, from the nearest outwards: blocks either nest or are apart. */
export const eachNested = <Owner>(
  intervals: readonly Interval<Owner>[],
  tell: (inner: Interval<Owner>, outer: Interval<Owner>) => void,
): void => {
  const around: Interval<Owner>[] = []
  for (const inner of intervals.toSorted(order)) {
    while (around.length > 0 && around.at(-1)!.last < inner.first) around.pop()
    for (const outer of around.slice(-MOST_AROUND).toReversed()) tell(inner, outer)
    around.push(inner)
  }
}
