import { KIND_NAMES } from '../challenge/kinds.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { Senses } from '../policy/senses.ts'
import type { SitePlan } from './site-plan.ts'

/** Compiles the policies of sites; those that say the same share one. */
export interface PolicyCompiler {
  /** @throws when it does not compile; loading the configuration has told why, with line and column. */
  policyOf(plan: SitePlan): Policy
}

const compile = (plan: SitePlan, senses: Senses): Policy => {
  const compiled = compilePolicy({
    rules: plan.bots,
    thresholds: plan.thresholds,
    conditions: plan.conditions,
    default: plan.default,
    challenge: plan.challenge,
    dnsbl: plan.dnsbl,
    databases: plan.databases,
    lists: plan.lists,
    kinds: KIND_NAMES,
    senses,
    // What is a matter of taste was told when the configuration was loaded.
    lenient: true,
  })
  if (compiled.ok) return compiled.policy
  const faults = compiled.faults.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new TypeError(`site ${plan.name}: ${faults.join('; ')}`)
}

export const createPolicyCompiler = (senses: Senses): PolicyCompiler => {
  // A site that has no rules of its own has the very list of the top level.
  const byRules = new Map<SitePlan['bots'], Map<string, Policy>>()
  return {
    policyOf(plan) {
      const { bots, thresholds, default: otherwise, challenge, dnsbl } = plan
      const known = byRules.get(bots) ?? new Map<string, Policy>()
      byRules.set(bots, known)
      const key = JSON.stringify([thresholds, otherwise, challenge, dnsbl])
      const policy = known.get(key) ?? compile(plan, senses)
      known.set(key, policy)
      return policy
    },
  }
}
