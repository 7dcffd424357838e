import type { RequestFacts } from '../client/client.ts'
import type { Readings } from './path-readings.ts'
import type { Mark, TrailStep, Verdict } from './policy.ts'
import { missedBy, NONE_MISSED } from './rule.ts'
import type { Outcome, Rule } from './rule.ts'
import type { Threshold } from './threshold.ts'
import { failedStepOf, heldStepOf, skippedStepOf, stepOf } from './trail.ts'

/** A compiled policy. */
export interface Plan {
  readonly rules: readonly Rule[]
  readonly thresholds: readonly Threshold[]
  readonly otherwise: Outcome
  readonly readings: Readings
  /** Asks the DNS block list last; undefined when it is not asked. */
  readonly blocked: ((facts: RequestFacts) => boolean | Promise<boolean>) | undefined
  readonly blockedOutcome: Outcome
}

/** What is known of a request on its way through the rules. */
interface Progress {
  weight: number
  marks: Mark[] | undefined
  /** Of a rule that matched only some readings of the path. */
  held: Outcome | undefined
  readonly trail: TrailStep[] | undefined
}

const SEVERITY = { allow: 0, challenge: 1, deny: 2 } as const

const stricter = (a: Outcome, b: Outcome | undefined): Outcome => {
  if (b === undefined) return a
  const difference = SEVERITY[a.action] - SEVERITY[b.action] || a.work - b.work
  return difference >= 0 ? a : b
}

const progressOf = (trail?: TrailStep[]): Progress => ({
  weight: 0,
  marks: undefined,
  held: undefined,
  trail,
})

const mark = (progress: Progress, what: Mark): void => {
  if (progress.marks === undefined) progress.marks = [what]
  else progress.marks.push(what)
}

/** A rule that matched: what it decides, if it decides. */
const matched = (rule: Rule, progress: Progress): Outcome | undefined => {
  if (rule.observed) mark(progress, rule.marks.observed)
  else if (rule.outcome !== undefined) return rule.outcome
  else {
    progress.weight += rule.adjust
    mark(progress, rule.marks.weighed)
  }
  return undefined
}

const judged = (rule: Rule, missed: number, progress: Progress): Outcome | undefined => {
  if (missed !== NONE_MISSED) {
    if (rule.conditions[missed]?.key === 'verified') mark(progress, rule.marks.unverified)
    progress.trail?.push(stepOf(rule, missed, progress.weight))
    return undefined
  }
  const outcome = matched(rule, progress)
  progress.trail?.push(stepOf(rule, missed, progress.weight))
  return outcome
}

/** A rule that restricts counts as matched when it cannot be evaluated, one that permits as not matched. */
const failed = (rule: Rule, cause: unknown, progress: Progress): Outcome | undefined => {
  mark(progress, rule.marks.failed)
  const counts = rule.strictness === 'some'
  const outcome = counts ? matched(rule, progress) : undefined
  progress.trail?.push(failedStepOf(rule, cause, counts, progress.weight))
  return outcome
}

const verdictOf = ({ action, rule, work, kind }: Outcome, { weight, marks }: Progress): Verdict =>
  marks === undefined ? { action, rule, work, kind, weight } : { action, rule, work, kind, weight, marks }

const byWeight = ({ thresholds, otherwise }: Plan, progress: Progress): Outcome => {
  for (const threshold of thresholds) {
    const outcome = threshold(progress.weight, (what) => mark(progress, what), progress.trail)
    if (outcome !== undefined) return outcome
  }
  const { rule, action } = otherwise
  const because = 'nothing before it decided'
  progress.trail?.push({ rule, action, matched: true, because, weight: progress.weight })
  return otherwise
}

const conclude = (
  plan: Plan,
  facts: RequestFacts,
  decided: Outcome,
  progress: Progress,
): Verdict | Promise<Verdict> => {
  const outcome = stricter(decided, progress.held)
  if (plan.blocked === undefined || outcome.action === 'deny') return verdictOf(outcome, progress)
  const finish = (blocked: boolean): Verdict => {
    const because = blocked
      ? 'the address stands on the block list'
      : 'the address does not stand on the block list'
    const { rule, action } = plan.blockedOutcome
    progress.trail?.push({ rule, action, matched: blocked, because, weight: progress.weight })
    return verdictOf(blocked ? plan.blockedOutcome : outcome, progress)
  }
  const blocked = plan.blocked(facts)
  return blocked instanceof Promise ? blocked.then(finish) : finish(blocked)
}

/** A rule that restricts and matches only some readings of the path does not end the matter: see `stricter`. */
const isHeld = async (rule: Rule, facts: RequestFacts): Promise<boolean> =>
  rule.strictness === 'some' && (await missedBy(rule.conditions, facts, 'every')) !== NONE_MISSED

/** From rule `from` on, waiting where it must and looking at every reading of the path. */
const evaluateLate = async (
  plan: Plan,
  facts: RequestFacts,
  progress: Progress,
  from: number,
  pending?: number | Promise<number>,
): Promise<Verdict> => {
  const ambiguous = plan.readings.of(facts.path).length > 1
  let first = pending
  for (const rule of plan.rules.slice(from)) {
    if (rule.canary?.(facts) === false) {
      progress.trail?.push(skippedStepOf(rule, progress.weight))
      continue
    }
    let outcome: Outcome | undefined
    try {
      const missed = await (first ?? missedBy(rule.conditions, facts, rule.strictness))
      const held = missed === NONE_MISSED && ambiguous && !rule.observed && rule.outcome !== undefined
      if (held && (await isHeld(rule, facts))) {
        progress.held = stricter(rule.outcome, progress.held)
        progress.trail?.push(heldStepOf(rule, progress.weight))
      } else outcome = judged(rule, missed, progress)
    } catch (cause) {
      outcome = failed(rule, cause, progress)
    }
    first = undefined
    if (outcome !== undefined) return conclude(plan, facts, outcome, progress)
  }
  return conclude(plan, facts, byWeight(plan, progress), progress)
}

/** Never throws; needs no promise unless a rule waits for a name server or the path has several readings. */
export const evaluatePlan = (plan: Plan, facts: RequestFacts): Verdict | Promise<Verdict> => {
  const progress = progressOf()
  if (plan.readings.of(facts.path).length > 1) return evaluateLate(plan, facts, progress, 0)
  const { rules } = plan
  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at]!
    if (rule.canary?.(facts) === false) continue
    let outcome: Outcome | undefined
    try {
      const missed = missedBy(rule.conditions, facts, rule.strictness)
      if (missed instanceof Promise) return evaluateLate(plan, facts, progress, at, missed)
      outcome = judged(rule, missed, progress)
    } catch (cause) {
      outcome = failed(rule, cause, progress)
    }
    if (outcome !== undefined) return conclude(plan, facts, outcome, progress)
  }
  return conclude(plan, facts, byWeight(plan, progress), progress)
}

/** The same verdict with its trail. */
export const explainPlan = async (
  plan: Plan,
  facts: RequestFacts,
): Promise<{ verdict: Verdict; trail: TrailStep[] }> => {
  const trail: TrailStep[] = []
  return { verdict: await evaluateLate(plan, facts, progressOf(trail), 0), trail }
}
