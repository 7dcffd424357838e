import { ACTIONS } from '../compile-rule.ts'
import { compileThresholdExpression } from '../expression/threshold.ts'
import type { ThresholdOptions } from '../options.ts'
import type { Senses } from '../senses.ts'
import type { VerdictAction } from '../policy.ts'
import type { Finding, LintedPolicy } from './finding.ts'
import { called, decidesAll } from './linted-rule.ts'
import type { LintedRule } from './linted-rule.ts'

/** Weights beyond it are taken for it. */
const MOST = 1000
const USUAL_WEIGHT = 5
const SEVERITY = { allow: 0, challenge: 1, deny: 2 } as const

const clamped = (weight: number): number => Math.max(-MOST, Math.min(MOST, weight))

/** All weights that the rules can add up to, each rule matching or not. */
const reachableWeights = (rules: readonly LintedRule[]): readonly number[] => {
  const reached = new Set([0])
  for (const { options } of rules) {
    if (options.action !== 'WEIGH' || options.mode === 'observe') continue
    const adjust = options.weight?.adjust ?? USUAL_WEIGHT
    const before = [...reached]
    for (const weight of before) reached.add(clamped(weight + adjust))
  }
  return [...reached].sort((a, b) => a - b)
}

const sensesOf = (random: number): Senses => ({
  count: () => 0,
  reverse: () => [],
  forward: () => [],
  blocked: () => undefined,
  country: () => undefined,
  asn: () => undefined,
  listed: () => false,
  load: () => [0, 0, 0],
  random: () => random,
})

/** Both ends of chance: what holds at both holds always, what holds at neither never. */
const CHANCES = [0, 1 - 2 ** -53]

interface Threshold {
  readonly index: number
  readonly options: ThresholdOptions
  readonly action: VerdictAction
  /** Whether it holds: `maybe` when chance decides. */
  readonly at: (weight: number) => 'yes' | 'no' | 'maybe'
}

const tried = (test: (weight: number) => boolean, weight: number, otherwise: boolean): boolean => {
  try {
    return test(weight)
  } catch {
    return otherwise
  }
}

const thresholdOf = (options: ThresholdOptions, index: number): Threshold => {
  const action = ACTIONS[options.action]
  const tests = CHANCES.flatMap((chance) => {
    const compiled = compileThresholdExpression(options.expression, sensesOf(chance))
    return compiled.ok ? [compiled.value] : []
  })
  return {
    index,
    options,
    action,
    at(weight) {
      const held = tests.filter((test) => tried(test, weight, action !== 'allow')).length
      return held === 0 ? 'no' : held === tests.length ? 'yes' : 'maybe'
    },
  }
}

/** The first that decides at a weight; those before it of which chance decides have been reached too. */
const firstAt = (
  thresholds: readonly Threshold[],
  weight: number,
  onReached: (threshold: Threshold) => void,
) => {
  for (const threshold of thresholds) {
    const held = threshold.at(weight)
    if (held !== 'no') onReached(threshold)
    if (held === 'yes') return threshold
  }
  return undefined
}

/** Weights as an operator says them: `1 to 9, 15`. */
const shownWeights = (weights: readonly number[]): string => {
  const runs: [number, number][] = []
  for (const weight of weights) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === weight - 1) last[1] = weight
    else runs.push([weight, weight])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
}

const MOST_SHOWN = 12

interface Point {
  readonly weight: number
  readonly action: VerdictAction | undefined
}

/** A hole between decisions, or an end at which a client is treated better the more suspicious it is. */
const isGap = (points: readonly Point[], at: number, otherwise: VerdictAction): boolean => {
  if (points[at]?.action !== undefined) return false
  const below = points.slice(0, at).findLast(({ action }) => action !== undefined)?.action
  const above = points.slice(at + 1).find(({ action }) => action !== undefined)?.action
  if (below === undefined && above === undefined) return false
  if (below !== undefined && above !== undefined) return true
  if (above !== undefined) return SEVERITY[otherwise] > SEVERITY[above]
  return below !== undefined && SEVERITY[otherwise] < SEVERITY[below]
}

const gapFinding = (points: readonly Point[], otherwise: VerdictAction): Finding[] => {
  const weights = points.filter((_, at) => isGap(points, at, otherwise)).map(({ weight }) => weight)
  if (weights.length === 0) return []
  const shown = shownWeights(weights.slice(0, MOST_SHOWN)) + (weights.length > MOST_SHOWN ? ', …' : '')
  const message = `no threshold decides at weight ${shown}; the default (${otherwise.toUpperCase()}) does`
  return [{ code: 'threshold-gap', path: ['thresholds'], message }]
}

const ALL_WEIGHTS = Array.from({ length: 2 * MOST + 1 }, (_, index) => index - MOST)

const reachedAt = (thresholds: readonly Threshold[], weights: readonly number[]): ReadonlySet<Threshold> => {
  const reached = new Set<Threshold>()
  for (const weight of weights) firstAt(thresholds, weight, (threshold) => void reached.add(threshold))
  return reached
}

const unreachable = (threshold: Threshold, why: string): Finding => ({
  code: 'threshold-unreachable',
  path: ['thresholds', threshold.index],
  message: `threshold "${threshold.options.name}" never decides: ${why}`,
})

const reachFindings = (thresholds: readonly Threshold[], weights: readonly number[]): Finding[] => {
  const ever = reachedAt(thresholds, ALL_WEIGHTS)
  const here = reachedAt(thresholds, weights)
  const between = `the rules add up to ${weights[0]} at least and ${weights.at(-1)} at most`
  return thresholds.flatMap((threshold) => {
    if (!ever.has(threshold)) return [unreachable(threshold, 'at every weight another one does, or none')]
    return here.has(threshold) ? [] : [unreachable(threshold, between)]
  })
}

const weighsInVain = (rules: readonly LintedRule[]): Finding[] => {
  const rule = rules.find(({ options }) => options.action === 'WEIGH' && options.mode !== 'observe')
  if (rule === undefined) return []
  const message = `${called(rule)} changes the weight, but no threshold asks for it`
  return [{ code: 'weigh-without-threshold', path: ['bots', rule.index], message }]
}

/** Weights that nobody decides on, and thresholds that decide on none. */
export const thresholdFindings = (policy: LintedPolicy, rules: readonly LintedRule[]): Finding[] => {
  const thresholds = (policy.thresholds ?? [])
    .map(thresholdOf)
    .filter(({ options }) => options.mode !== 'observe')
  if (thresholds.length === 0) return weighsInVain(rules)
  const catchAll = rules.find(decidesAll)
  if (catchAll !== undefined) {
    const why = `${called(catchAll)} decides for every request before it`
    return thresholds.map((threshold) => unreachable(threshold, why))
  }
  const weights = reachableWeights(rules)
  const points = weights.map((weight) => ({
    weight,
    action: firstAt(thresholds, weight, () => undefined)?.action,
  }))
  return [...gapFinding(points, ACTIONS[policy.default.action]), ...reachFindings(thresholds, weights)]
}
