import type { Finding } from './finding.ts'
import { allImplied } from './implies.ts'
import { called, decidesAll } from './linted-rule.ts'
import type { LintedRule } from './linted-rule.ts'

const shadowOf = (rule: LintedRule, before: readonly LintedRule[]): LintedRule | undefined =>
  before.find(({ decides, atoms }) => decides && allImplied(rule.atoms, atoms))

/** Rules that are never asked, because an earlier one has decided whatever they match. */
export const reachFindings = (rules: readonly LintedRule[]): Finding[] => {
  const catchAll = rules.find(decidesAll)
  return rules.flatMap((rule): Finding[] => {
    const path = ['bots', rule.index]
    if (catchAll !== undefined && rule.index > catchAll.index) {
      const message = `${called(rule)} can never be reached: ${called(catchAll)} before it matches every request`
      return [{ code: 'unreachable', path, message }]
    }
    const shadow = shadowOf(rule, rules.slice(0, rule.index))
    if (shadow === undefined) return []
    const { action } = shadow.options
    const message = `${called(rule)} never decides: ${called(shadow)} (${action}) before it matches all that it matches`
    return [{ code: 'shadowed', path, message }]
  })
}
