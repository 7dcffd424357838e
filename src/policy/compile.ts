import type { RequestFacts } from '../client/client.ts'
import {
  ACTIONS,
  checkChallenge,
  compileRule,
  compileThreshold,
  outcomeOf,
  THRESHOLD,
} from './compile-rule.ts'
import { createConditions } from './conditions.ts'
import { createRequestValues } from './expression/request-values.ts'
import { evaluatePlan, explainPlan } from './evaluate.ts'
import type { Plan } from './evaluate.ts'
import type { World } from './matcher.ts'
import type { Ears, PolicyFault, PolicyParts, Tell } from './parts.ts'
import { createReadings } from './path-readings.ts'
import { createPatternPool } from './pattern-pool.ts'
import type { Policy } from './policy.ts'
import type { RateSpec, Senses } from './senses.ts'

/** Name of the verdict when no rule matches. */
export const DEFAULT_RULE = 'default'
/** Name of the verdict when the DNS block list has the address. */
export const BLOCKED_RULE = 'dnsbl'

const RESERVED = new Set([DEFAULT_RULE, BLOCKED_RULE])

export type CompiledPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly PolicyFault[] }
  | { readonly ok: false; readonly faults: readonly PolicyFault[]; readonly warnings: readonly PolicyFault[] }

const checkNames = (parts: PolicyParts, earsOf: (index: number) => Ears): void => {
  const seen = new Set<string>()
  for (const [index, { name }] of parts.rules.entries()) {
    const ears = earsOf(index)
    if (RESERVED.has(name)) ears.fault(['name'], `must not be "${name}", which is taken`)
    else if (name.startsWith(THRESHOLD))
      ears.fault(['name'], `must not begin with "${THRESHOLD}", which is taken`)
    else if (seen.has(name)) {
      const tell = parts.imported?.(index) === true ? ears.warning : ears.minor
      tell(['name'], `must be unique; an earlier rule is named "${name}"`)
    }
    seen.add(name)
  }
}

const ruleNamesOf = ({ rules, thresholds, dnsbl }: PolicyParts): readonly string[] => [
  ...new Set([
    ...rules.map(({ name }) => name),
    ...(thresholds ?? []).map(({ name }) => THRESHOLD + name),
    ...(dnsbl === true ? [BLOCKED_RULE] : []),
    DEFAULT_RULE,
  ]),
]

/** A block list that cannot be asked blocks nobody. */
const blockedBy =
  ({ blocked }: Senses) =>
  ({ client }: RequestFacts): boolean | Promise<boolean> => {
    try {
      const reason = blocked(client.address)
      if (!(reason instanceof Promise)) return reason !== undefined
      return reason.then(
        (late) => late !== undefined,
        () => false,
      )
    } catch {
      return false
    }
  }

const worldOf = (parts: PolicyParts, onRate: (spec: RateSpec) => void, ears: Ears): World => {
  const world: World = {
    senses: parts.senses,
    pools: { userAgent: createPatternPool(), path: createPatternPool() },
    readings: createReadings(),
    values: createRequestValues(),
    databases: parts.databases ?? { country: false, asn: false },
    lists: parts.lists ?? [],
    condition: createConditions(parts.conditions ?? {}, () => world, ears),
    needsRate: onRate,
  }
  return world
}

const planOf = (parts: PolicyParts, world: World, earsAt: (...prefix: (string | number)[]) => Ears): Plan => {
  // Also those that no rule names: a fault is told wherever it stands.
  for (const name of Object.keys(parts.conditions ?? {})) world.condition(name)
  const rules = parts.rules.map((options, index) => compileRule(options, parts, world, earsAt('bots', index)))
  const thresholds = (parts.thresholds ?? []).map((options, index) =>
    compileThreshold(options, parts, earsAt('thresholds', index)),
  )
  const { default: otherwise } = parts
  return {
    rules,
    thresholds: thresholds.filter((threshold) => threshold !== undefined),
    otherwise: outcomeOf(DEFAULT_RULE, ACTIONS[otherwise.action], otherwise.challenge, parts),
    readings: world.readings,
    blocked: parts.dnsbl === true ? blockedBy(parts.senses) : undefined,
    blockedOutcome: outcomeOf(BLOCKED_RULE, 'deny', undefined, parts),
  }
}

/** Compiles everything once; all faults at once, none of them an exception. */
export const compilePolicy = (parts: PolicyParts): CompiledPolicy => {
  const faults: PolicyFault[] = []
  const warnings: PolicyFault[] = []
  const earsAt = (...prefix: (string | number)[]): Ears => {
    const into =
      (list: PolicyFault[]): Tell =>
      (path, message) =>
        void list.push({ path: [...prefix, ...path.filter((step) => step !== '')], message })
    const ears = { fault: into(faults), warning: into(warnings) }
    return { ...ears, minor: parts.lenient === true ? ears.warning : ears.fault }
  }
  const rates = new Map<string, RateSpec>()
  const onRate = (spec: RateSpec): void => void rates.set(`${spec.count} ${spec.per} ${spec.window}`, spec)
  const plan = planOf(parts, worldOf(parts, onRate, earsAt()), earsAt)
  checkNames(parts, (index) => earsAt('bots', index))
  checkChallenge(parts.default, parts, earsAt('default'))
  if (faults.length > 0) return { ok: false, faults, warnings }
  const policy: Policy = {
    ruleNames: ruleNamesOf(parts),
    rates: [...rates.values()],
    evaluate: (facts) => evaluatePlan(plan, facts),
    explain: (facts) => explainPlan(plan, facts),
  }
  return { ok: true, policy: Object.freeze(policy), warnings }
}
