import type { RequestFacts } from '../client/client.ts'
import { levelOf } from '../challenge/level.ts'
import type { PassCheck } from '../pass/pass.ts'
import type { Policy, Verdict } from '../policy/policy.ts'
import type { Decision } from './decision.ts'

/** Looks at a request's passes; only asked when the policy wants one. */
export type CheckPass = (facts: RequestFacts) => PassCheck | Promise<PassCheck>

/** What every decision takes from its verdict. */
const basisOf = ({ rule, weight, marks }: Verdict) =>
  marks === undefined ? { rule, weight } : { rule, weight, marks }

const soften = (verdict: Verdict, check: PassCheck): Decision => {
  const { kind, work } = verdict
  const level = levelOf(work)
  return check.state === 'valid' && check.level >= level
    ? { outcome: 'forward', action: 'pass', level: check.level, ...basisOf(verdict) }
    : { outcome: 'challenge', level, kind, work, ...basisOf(verdict) }
}

const settle = (
  verdict: Verdict,
  facts: RequestFacts,
  checkPass: CheckPass,
): Decision | Promise<Decision> => {
  switch (verdict.action) {
    case 'allow':
      return { outcome: 'forward', action: 'allow', level: 0, ...basisOf(verdict) }
    case 'deny':
      return { outcome: 'refuse', level: 0, ...basisOf(verdict) }
    case 'challenge': {
      const check = checkPass(facts)
      return check instanceof Promise ? check.then((late) => soften(verdict, late)) : soften(verdict, check)
    }
  }
}

/** One way from facts to a decision, for requests, upgrades, subrequests, `explain` and `replay` alike. */
export const decide = (
  facts: RequestFacts,
  policy: Policy,
  checkPass: CheckPass,
): Decision | Promise<Decision> => {
  const verdict = policy.evaluate(facts)
  return verdict instanceof Promise
    ? verdict.then((late) => settle(late, facts, checkPass))
    : settle(verdict, facts, checkPass)
}

/** In `observe` mode everybody is let through; what would have been done stays visible. */
export const observed = (decision: Decision): Decision => {
  if (decision.outcome === 'forward') return decision
  const { rule, weight } = decision
  return { outcome: 'forward', action: 'allow', rule, level: 0, weight, instead: decision }
}
