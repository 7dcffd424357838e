import type { RequestFacts } from '../client/client.ts'
import type { TrailStep, Verdict } from './policy.ts'
import { missedBy } from './rule.ts'
import type { Rule } from './rule.ts'

/** The verdict of the first rule that matches, else `otherwise`. Allocates nothing of its own. */
export const evaluateRules = (rules: readonly Rule[], otherwise: Verdict, facts: RequestFacts): Verdict => {
  for (const rule of rules) if (missedBy(rule, facts) === undefined) return rule.verdict
  return otherwise
}

const stepOf = (rule: Rule, facts: RequestFacts): TrailStep => {
  const missed = missedBy(rule, facts)
  const keys = rule.conditions.map(({ key }) => key).join(' and ')
  return {
    rule: rule.verdict.rule,
    matched: missed === undefined,
    because: missed === undefined ? `${keys} matched` : `${missed} did not match`,
  }
}

/** The same verdict, with every rule tried. */
export const explainRules = (
  rules: readonly Rule[],
  otherwise: Verdict,
  facts: RequestFacts,
): { verdict: Verdict; trail: TrailStep[] } => ({
  verdict: evaluateRules(rules, otherwise, facts),
  trail: rules.map((rule) => stepOf(rule, facts)),
})
