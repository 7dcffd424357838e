import type { Finding, LintedPolicy } from './lint/finding.ts'
import { lintedRulesOf } from './lint/linted-rule.ts'
import { overlapFindings } from './lint/overlap.ts'
import { reachFindings } from './lint/reach.ts'
import { thresholdFindings } from './lint/thresholds.ts'
import { trustFindings } from './lint/trust.ts'

export type { Code, Finding, LintedPolicy } from './lint/finding.ts'
export { CODES } from './lint/finding.ts'
export { unusedFindings } from './lint/unused.ts'

/** What is allowed in a policy but hardly meant, each code once for a spot. The policy must compile. */
export const lintPolicy = (policy: LintedPolicy): readonly Finding[] => {
  const rules = lintedRulesOf(policy)
  const reach = reachFindings(rules)
  const unreached = new Set(reach.map(({ path }) => Number(path[1])))
  return [
    ...reach,
    ...trustFindings(rules.filter(({ index }) => !unreached.has(index))),
    ...overlapFindings(rules, unreached),
    ...thresholdFindings(policy, rules),
  ]
}
