import type { Atom } from './atoms.ts'
import type { Finding } from './finding.ts'
import { allImplied } from './implies.ts'
import { eachNested, intervalsOf } from './intervals.ts'
import type { Interval } from './intervals.ts'
import { called } from './linted-rule.ts'
import type { LintedRule } from './linted-rule.ts'

const KEY = 'remote_addresses'

/** What a finding shows of several. */
const more = (count: number): string => (count > 1 ? ` (and ${count - 1} more)` : '')

const rangesOf = (option: unknown): readonly string[] => {
  if (Array.isArray(option)) return option.filter((entry) => typeof entry === 'string')
  return typeof option === 'object' && option !== null && KEY in option ? rangesOf(option[KEY]) : []
}

/** Ranges of one list of which one holds another. */
const insideRule = (rule: LintedRule): Finding[] => {
  const path = ['bots', rule.index]
  return Object.entries(rule.options).flatMap(([key, option]): Finding[] => {
    const nested: [Interval<string>, Interval<string>][] = []
    const texts = rangesOf(option)
    eachNested(intervalsOf(texts, key), (inner, outer) => void nested.push([inner, outer]))
    const [first] = nested
    if (first === undefined) return []
    const [inner, outer] = first
    const message =
      inner.text === outer.text
        ? `${called(rule)} has ${inner.text} twice${more(nested.length)}`
        : `${called(rule)} has ${inner.text} inside ${outer.text}${more(nested.length)}`
    return [{ code: 'overlap', path: [...path, key], message }]
  })
}

const others = ({ atoms }: LintedRule): readonly Atom[] => atoms.filter(({ key }) => key !== KEY)

interface Pair {
  readonly earlier: LintedRule
  readonly later: LintedRule
  /** Of the later rule in one of the earlier: these never come to it. */
  readonly dead: string[]
  /** Of the earlier rule in one of the later: the order decides. */
  readonly cut: string[]
}

const pairsOf = (rules: readonly LintedRule[]): readonly Pair[] => {
  const intervals = rules.flatMap((rule) => {
    const texts = rule.decides ? rule.atoms.flatMap(({ addresses }) => addresses?.texts ?? []) : []
    return intervalsOf(texts, rule)
  })
  const pairs = new Map<string, Pair>()
  eachNested(intervals, (inner, outer) => {
    if (inner.owner.index === outer.owner.index || inner.owner.options.action === outer.owner.options.action)
      return
    const isLater = inner.owner.index > outer.owner.index
    const [earlier, later] = isLater ? [outer.owner, inner.owner] : [inner.owner, outer.owner]
    const key = `${earlier.index} ${later.index}`
    const pair = pairs.get(key) ?? { earlier, later, dead: [], cut: [] }
    pairs.set(key, pair)
    if (isLater || inner.text === outer.text) pair.dead.push(inner.text)
    else pair.cut.push(inner.text)
  })
  return [...pairs.values()]
}

const betweenRules = ({ earlier, later, dead, cut }: Pair): Finding[] => {
  const path = ['bots', later.index, KEY]
  const first = `${called(earlier)} (${earlier.options.action}) before it`
  if (dead.length > 0 && allImplied(others(later), others(earlier))) {
    const message = `${called(later)} never decides for ${dead[0]}${more(dead.length)}: it lies in a range of ${first}`
    return [{ code: 'overlap', path, message }]
  }
  const alike = allImplied(others(later), others(earlier)) && allImplied(others(earlier), others(later))
  if (cut.length === 0 || !alike) return []
  const message = `${called(later)} does not decide for ${cut[0]}${more(cut.length)}, a part of its ranges: ${first} does`
  return [{ code: 'overlap', path, message }]
}

/** Ranges of addresses that are named twice; a rule in `shadowed` is left out between rules. */
export const overlapFindings = (rules: readonly LintedRule[], shadowed: ReadonlySet<number>): Finding[] => [
  ...rules.flatMap(insideRule),
  ...pairsOf(rules.filter(({ index }) => !shadowed.has(index))).flatMap(betweenRules),
]
