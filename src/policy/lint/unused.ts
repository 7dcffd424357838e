import type { ConditionOptions } from '../options.ts'
import type { Finding, LintedPolicy } from './finding.ts'

const textsOf = (option: unknown): readonly string[] => {
  if (typeof option === 'string') return [option]
  return Array.isArray(option) ? option.filter((entry) => typeof entry === 'string') : []
}

const conditionsOf = ({ condition, unless }: ConditionOptions): readonly string[] => [
  ...textsOf(condition),
  ...textsOf(unless),
]

/** A list is named by `list`, on its own or inside another condition. */
const listsOf = (options: object): readonly string[] =>
  Object.entries(options).flatMap(([key, option]: [string, unknown]) => {
    if (key === 'list') return textsOf(option)
    return key === 'verified' && typeof option === 'object' && option !== null ? listsOf(option) : []
  })

const usedConditions = (policies: readonly LintedPolicy[]): ReadonlySet<string> => {
  const used = new Set<string>()
  const use = (options: ConditionOptions, conditions: LintedPolicy['conditions']): void => {
    for (const name of conditionsOf(options)) {
      if (used.has(name)) continue
      used.add(name)
      const named = conditions?.[name]
      if (named !== undefined) use(named, conditions)
    }
  }
  for (const { rules, conditions } of policies) for (const rule of rules) use(rule, conditions)
  return used
}

/** What is named and never asked for, in all policies of a configuration together. */
export const unusedFindings = (policies: readonly LintedPolicy[], lists: readonly string[]): Finding[] => {
  const conditions = new Set(policies.flatMap((policy) => Object.keys(policy.conditions ?? {})))
  const usedNames = usedConditions(policies)
  const asked = policies.flatMap((policy) => [...policy.rules, ...Object.values(policy.conditions ?? {})])
  const usedLists = new Set(asked.flatMap(listsOf))
  return [
    ...[...conditions]
      .filter((name) => !usedNames.has(name))
      .map((name): Finding => ({
        code: 'unused-condition',
        path: ['conditions', name],
        message: `condition "${name}" is named by no rule`,
      })),
    ...lists
      .filter((name) => !usedLists.has(name))
      .map((name): Finding => ({
        code: 'unused-list',
        path: ['lists', name],
        message: `list "${name}" is named by no rule`,
      })),
  ]
}
