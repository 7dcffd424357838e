import type { TrailStep } from './policy.ts'
import { NONE_MISSED } from './rule.ts'
import type { Rule } from './rule.ts'

const named = ({ key, shown }: Rule['conditions'][number]): string => (shown === '' ? key : `${key} ${shown}`)

const inWords = (rule: Rule, missed: number): string => {
  const condition = rule.conditions[missed]
  if (condition !== undefined) return `${named(condition)} did not match`
  return `${rule.conditions.map(named).join(' and ')} matched`
}

const consequence = (rule: Rule): string => {
  if (rule.observed) return '; only observed'
  return rule.action === 'weigh' ? `; weight ${rule.adjust < 0 ? '' : '+'}${rule.adjust}` : ''
}

/** The step of a rule that could be evaluated. */
export const stepOf = (rule: Rule, missed: number, weight: number): TrailStep => {
  const matched = missed === NONE_MISSED
  const because = inWords(rule, missed) + (matched ? consequence(rule) : '')
  return { rule: rule.name, action: rule.action, matched, because, weight }
}

/** The step of a rule that could not be evaluated. */
export const failedStepOf = (rule: Rule, cause: unknown, matched: boolean, weight: number): TrailStep => {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'fault'
  const because = `could not be evaluated (${reason}); counts as ${
    matched ? 'matched, because the rule restricts' : 'not matched, because the rule permits'
  }`
  return { rule: rule.name, action: rule.action, matched, because, weight }
}

/** The step of a rule that is not for this client. */
export const skippedStepOf = ({ name, action }: Rule, weight: number): TrailStep => ({
  rule: name,
  action,
  matched: false,
  because: 'not for this client (canary)',
  weight,
})

/** The step of a rule that fits only some readings of the path. */
export const heldStepOf = ({ name, action }: Rule, weight: number): TrailStep => ({
  rule: name,
  action,
  matched: true,
  because:
    'matched one reading of the path; the rules after it are asked for the others, the strictest decides',
  weight,
})
