import { ACTIONS } from '../compile-rule.ts'
import type { RuleOptions } from '../options.ts'
import { atomsOf } from './atoms.ts'
import type { Atom } from './atoms.ts'
import type { LintedPolicy } from './finding.ts'

/** A rule as the lint sees it. */
export interface LintedRule {
  readonly index: number
  readonly options: RuleOptions
  readonly atoms: readonly Atom[]
  /** True when it ends the matter for everybody whom it matches. */
  readonly decides: boolean
}

export const lintedRulesOf = ({ rules, conditions }: LintedPolicy): readonly LintedRule[] =>
  rules.map((options, index) => ({
    index,
    options,
    atoms: atomsOf(options, conditions),
    decides:
      ACTIONS[options.action] !== 'weigh' && options.mode !== 'observe' && options.canary === undefined,
  }))

/** `rule "a"` */
export const called = ({ options }: LintedRule): string => `rule "${options.name}"`

/** True for a rule behind which nothing is ever asked. */
export const decidesAll = ({ decides, atoms }: LintedRule): boolean => decides && atoms.length === 0
