import type { RequestFacts } from '../../client/client.ts'
import type { Mark, Verdict, VerdictAction } from '../../policy/policy.ts'
import { isBrowserLike } from './browser-like.ts'
import { createDistinct } from './distinct.ts'
import type { Distinct, DistinctCount } from './distinct.ts'
import { createFrequentTexts } from './frequent.ts'
import type { FrequentTexts, Ranking } from './frequent.ts'
import { networkHash, networkText } from './network.ts'
import { createWeights } from './weights.ts'
import type { WeightCount, Weights } from './weights.ts'

export const VERDICT_ACTIONS = ['allow', 'challenge', 'deny'] as const satisfies readonly VerdictAction[]

/** Actions that are looked at more closely. */
export const CLOSELY = ['challenge', 'deny'] as const satisfies readonly VerdictAction[]
export type Closely = (typeof CLOSELY)[number]

export interface RuleCount {
  readonly site: string
  readonly rule: string
  readonly action: VerdictAction
  readonly count: number
  /** Of thresholds and the default, when any weight was not 0. */
  readonly weights: readonly WeightCount[]
  readonly otherWeights: number
}

/** What a rule did on the way to other verdicts. */
export interface MarkCount {
  readonly site: string
  readonly rule: string
  readonly what: Mark['what']
  readonly action: Mark['action']
  readonly count: number
}

/** Requests of one action, more closely. */
export interface Close {
  readonly paths: Ranking
  readonly agents: Ranking
  readonly networks: Ranking
  /** Those whose User-Agent is one of a browser. */
  readonly browserLike: { readonly requests: number; readonly networks: DistinctCount }
}

export interface Totals {
  readonly requests: number
  readonly actions: Readonly<Record<VerdictAction, number>>
  readonly networks: Readonly<Record<VerdictAction | 'all', DistinctCount>>
  /** Most frequent first. */
  readonly rules: readonly RuleCount[]
  readonly marks: readonly MarkCount[]
  readonly close: Readonly<Record<Closely, Close>>
}

export interface Tally {
  add(site: string, verdict: Verdict, facts: RequestFacts): void
  totals(top: number): Totals
}

interface RuleRow {
  readonly counts: Record<VerdictAction, number>
  readonly weights: Weights | undefined
}

interface SiteRows {
  readonly rules: Map<string, RuleRow>
  readonly marks: Map<string, { readonly mark: Mark; count: number }>
}

/** Any two numbers. */
const SEEDS = [0x9e3779b9, 0x7f4a7c15] as const

const createClose = () => ({
  paths: createFrequentTexts(),
  agents: createFrequentTexts(),
  networks: createFrequentTexts(),
  browsers: createDistinct(),
  browserRequests: 0,
})

const isByWeight = (rule: string): boolean => rule === 'default' || rule.startsWith('threshold/')

const rowOf = (rows: Map<string, RuleRow>, rule: string): RuleRow => {
  const known = rows.get(rule)
  if (known !== undefined) return known
  const weights = isByWeight(rule) ? createWeights() : undefined
  const row = { counts: { allow: 0, challenge: 0, deny: 0 }, weights }
  rows.set(rule, row)
  return row
}

const countMarks = (rows: SiteRows['marks'], marks: readonly Mark[]): void => {
  for (const mark of marks) {
    const key = `${mark.what} ${mark.action} ${mark.rule}`
    const known = rows.get(key)
    if (known === undefined) rows.set(key, { mark, count: 1 })
    else known.count += 1
  }
}

const weightsOf = (weights: Weights | undefined): Pick<RuleCount, 'weights' | 'otherWeights'> => {
  const counts = weights?.counts() ?? []
  const weighs = counts.some(({ weight }) => weight !== 0)
  return { weights: weighs ? counts : [], otherWeights: weights?.others() ?? 0 }
}

const ruleCountsOf = (site: string, rules: SiteRows['rules']): RuleCount[] =>
  [...rules].flatMap(([rule, { counts, weights }]) =>
    VERDICT_ACTIONS.filter((action) => counts[action] > 0).map((action) => ({
      site,
      rule,
      action,
      count: counts[action],
      ...weightsOf(weights),
    })),
  )

const markCountsOf = (site: string, marks: SiteRows['marks']): MarkCount[] =>
  [...marks.values()].map(({ mark: { rule, what, action }, count }) => ({ site, rule, what, action, count }))

const byCount = (a: { readonly count: number }, b: { readonly count: number }): number => b.count - a.count

/** Counts verdicts. Names of sites and rules are the configuration's, so their number has an end; all else is bounded. */
export const createTally = (): Tally => {
  const actions = { allow: 0, challenge: 0, deny: 0 }
  const networks: Record<VerdictAction | 'all', Distinct> = {
    all: createDistinct(),
    allow: createDistinct(),
    challenge: createDistinct(),
    deny: createDistinct(),
  }
  const closely = { challenge: createClose(), deny: createClose() }
  const sites = new Map<string, SiteRows>()

  const rowsOf = (site: string): SiteRows => {
    const known = sites.get(site)
    if (known !== undefined) return known
    const rows = { rules: new Map(), marks: new Map() }
    sites.set(site, rows)
    return rows
  }

  const lookCloser = (action: Closely, facts: RequestFacts, first: number, second: number): void => {
    const close = closely[action]
    close.paths.add(facts.path)
    close.agents.add(facts.userAgent)
    close.networks.add(networkText(facts.client.address))
    if (!isBrowserLike(facts.userAgent)) return
    close.browserRequests += 1
    close.browsers.add(first, second)
  }

  const topOf = (texts: FrequentTexts, top: number): Ranking => texts.top(top)

  const closeOf = (action: Closely, top: number): Close => {
    const { paths, agents, networks: of, browsers, browserRequests } = closely[action]
    return {
      paths: topOf(paths, top),
      agents: topOf(agents, top),
      networks: topOf(of, top),
      browserLike: { requests: browserRequests, networks: browsers.count() },
    }
  }

  return {
    add(site, verdict, facts) {
      const { action, rule, marks } = verdict
      actions[action] += 1
      const first = networkHash(facts.client.address, SEEDS[0])
      const second = networkHash(facts.client.address, SEEDS[1])
      networks.all.add(first, second)
      networks[action].add(first, second)
      const rows = rowsOf(site)
      const row = rowOf(rows.rules, rule)
      row.counts[action] += 1
      row.weights?.add(verdict.weight)
      if (marks !== undefined) countMarks(rows.marks, marks)
      if (action !== 'allow') lookCloser(action, facts, first, second)
    },
    totals: (top) => ({
      requests: actions.allow + actions.challenge + actions.deny,
      actions: { ...actions },
      networks: {
        all: networks.all.count(),
        allow: networks.allow.count(),
        challenge: networks.challenge.count(),
        deny: networks.deny.count(),
      },
      rules: [...sites].flatMap(([site, { rules }]) => ruleCountsOf(site, rules)).sort(byCount),
      marks: [...sites].flatMap(([site, { marks }]) => markCountsOf(site, marks)).sort(byCount),
      close: { challenge: closeOf('challenge', top), deny: closeOf('deny', top) },
    }),
  }
}
