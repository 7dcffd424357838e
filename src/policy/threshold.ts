import type { Mark, TrailStep } from './policy.ts'
import type { Outcome } from './rule.ts'

/** One compiled threshold: what it decides at this weight, if it decides. */
export type Threshold = (
  weight: number,
  mark: (mark: Mark) => void,
  trail: TrailStep[] | undefined,
) => Outcome | undefined

const markOf = ({ rule, action }: Outcome, what: Mark['what']): Mark => ({ rule, what, action })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'fault'

/** `test` may throw: then a threshold that restricts counts as matched, one that allows does not. */
export const createThreshold = (parts: {
  readonly outcome: Outcome
  readonly test: (weight: number) => boolean
  readonly observed: boolean
  /** The expression in a few words. */
  readonly shown: string
}): Threshold => {
  const { outcome, shown } = parts
  const observed = markOf(outcome, 'observed')
  const failed = markOf(outcome, 'failed')
  return (weight, mark, trail) => {
    let matched: boolean
    let because = ''
    try {
      matched = parts.test(weight)
      because = `${shown} is ${String(matched)} for weight ${weight}`
    } catch (cause) {
      matched = outcome.action !== 'allow'
      because = `${shown} could not be evaluated (${reasonOf(cause)}); counts as ${matched ? '' : 'not '}matched`
      mark(failed)
    }
    if (matched && parts.observed) {
      mark(observed)
      because += '; only observed'
    }
    trail?.push({ rule: outcome.rule, action: outcome.action, matched, because, weight })
    return matched && !parts.observed ? outcome : undefined
  }
}
