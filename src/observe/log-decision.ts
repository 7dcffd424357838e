/** The lines that an attack multiplies, of a decision and of a refused answer; so they are made by hand. */
import type { ChallengeEvent, DecidedEvent, RuleMark } from '../base/event.ts'

/** Wall-clock time as RFC 3339, made once per millisecond. */
export const createIsoClock = (now: () => number): (() => string) => {
  let at = Number.NaN
  let text = ''
  return () => {
    const next = now()
    if (next !== at) {
      at = next
      text = new Date(next).toISOString()
    }
    return text
  }
}

/** What an operator wants to see of a request that was let through: rules on trial, and rules that are broken. */
export const isTold = ({ what }: RuleMark): boolean => what === 'observed' || what === 'failed'

const ruleNames = (marks: readonly RuleMark[], what: RuleMark['what']): readonly string[] | undefined => {
  const names = marks.filter((mark) => mark.what === what).map(({ rule }) => rule)
  return names.length === 0 ? undefined : names
}

/** `would: deny by RULE`, in the order of the rules. */
const wouldOf = (marks: readonly RuleMark[]): string | undefined => {
  const told = marks
    .filter(({ what }) => what === 'observed')
    .map(({ action, rule }) => `${action} by ${rule}`)
  return told.length === 0 ? undefined : told.join(', ')
}

/** A third of what pino takes for the same line (measured 2.5 µs against 8.8 µs). */
export const decisionLine = (event: DecidedEvent, time: string, cap: (text: string) => string): string => {
  const { action, observed, reference, site, rule, marks = [] } = event
  const line = JSON.stringify({
    level: 'info',
    time,
    action,
    observed: observed || undefined,
    reference,
    site,
    rule,
    requiredLevel: event.level,
    weight: event.weight === 0 ? undefined : event.weight,
    would: wouldOf(marks),
    failed: ruleNames(marks, 'failed'),
    address: cap(event.address),
    method: cap(event.method),
    host: cap(event.host),
    target: cap(event.target),
    userAgent: cap(event.userAgent),
    message: observed ? 'observed' : action,
  })
  return `${line}\n`
}

/** An answer that bought nothing, and why. */
export const refusedAnswerLine = ({ kind, reason, reference }: ChallengeEvent, time: string): string =>
  `${JSON.stringify({ level: 'info', time, kind, reason, reference, message: 'answer refused' })}\n`
