import { challengeKindSchema, challengeSchema } from '../challenge/options.ts'
import { compilePolicy } from '../policy/compile.ts'
import { defaultSchema, ruleSchema } from '../policy/options.ts'
import type { RuleOptions } from '../policy/options.ts'
import type { Fault } from './fault.ts'
import { pathText } from './places.ts'
import type { Path, Places } from './places.ts'

const wellFormedRules = (bots: unknown): { index: number; rule: RuleOptions }[] => {
  const entries: readonly unknown[] = Array.isArray(bots) ? bots.slice(0, 1000) : []
  return entries.flatMap((entry, index) => {
    const parsed = ruleSchema.safeParse(entry)
    return parsed.success ? [{ index, rule: parsed.data }] : []
  })
}

/** What the policy's compiler finds in the rules that are well-formed, whatever else is wrong with the document. */
export const policyFaults = (data: Readonly<Record<string, unknown>>, places: Places): Fault[] => {
  const rules = wellFormedRules(data['bots'])
  const challenge = challengeSchema.safeParse(data['challenge'])
  const otherwise = defaultSchema.safeParse(data['default'])
  const compiled = compilePolicy({
    rules: rules.map(({ rule }) => rule),
    default: otherwise.success ? otherwise.data : { action: 'CHALLENGE' },
    challenge: challenge.success ? challenge.data : challengeSchema.parse({}),
    kinds: challengeKindSchema.options,
  })
  if (compiled.ok) return []
  return compiled.faults.map(({ path, message }) => {
    const [section, index, ...rest] = path
    const original: Path =
      section === 'bots' && typeof index === 'number'
        ? [section, rules[index]?.index ?? index, ...rest]
        : path
    return { ...places.nearest(original).value, message: `${pathText(original)} ${message}` }
  })
}
