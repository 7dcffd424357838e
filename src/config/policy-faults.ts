import { challengeKindSchema, challengeSchema } from '../challenge/options.ts'
import { compilePolicy } from '../policy/compile.ts'
import { MATCHERS, type MatcherKey } from '../policy/matchers.ts'
import { defaultSchema, ruleSchema } from '../policy/options.ts'
import type { RuleOptions } from '../policy/options.ts'
import type { Fault } from './fault.ts'
import { pathText } from './places.ts'
import type { Path, Places } from './places.ts'

/** The conditions of a rule that are well-formed, in a rule that is well-formed around them. */
const salvaged = (entry: unknown, index: number): RuleOptions | undefined => {
  if (typeof entry !== 'object' || entry === null) return undefined
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(entry)) {
    const condition = Object.hasOwn(MATCHERS, key) ? ruleSchema.shape[key as MatcherKey] : undefined
    if (condition?.safeParse(value).success) kept[key] = value
  }
  const parsed = ruleSchema.safeParse({ ...kept, name: `rule ${index}`, action: 'DENY' })
  return parsed.success && Object.keys(kept).length > 0 ? parsed.data : undefined
}

const readableRules = (bots: unknown): { index: number; rule: RuleOptions }[] => {
  const entries: readonly unknown[] = Array.isArray(bots) ? bots.slice(0, 1000) : []
  return entries.flatMap((entry, index) => {
    const parsed = ruleSchema.safeParse(entry)
    const rule = parsed.success ? parsed.data : salvaged(entry, index)
    return rule ? [{ index, rule }] : []
  })
}

/** What the policy's compiler finds in all that is well-formed, whatever else is wrong with the document. */
export const policyFaults = (data: Readonly<Record<string, unknown>>, places: Places): Fault[] => {
  const rules = readableRules(data['bots'])
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
