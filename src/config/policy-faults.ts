import { challengeKindSchema, challengeSchema } from '../challenge/options.ts'
import { compilePolicy } from '../policy/compile.ts'
import { MATCHERS } from '../policy/matchers.ts'
import type { MatcherKey } from '../policy/matchers.ts'
import { conditionSchema, defaultSchema, ruleSchema, thresholdSchema } from '../policy/options.ts'
import type { ConditionOptions, RuleOptions } from '../policy/options.ts'
import type { PolicyFault } from '../policy/parts.ts'
import type { Senses } from '../policy/senses.ts'
import type { Fault } from './fault.ts'
import type { Path, Places } from './places.ts'

type Mapping = Readonly<Record<string, unknown>>

/** One policy of the document: that of the top level, or that of a site. */
export interface PolicyDocument {
  /** The sections as they stand in the document, with those that a site takes from the top level. */
  readonly data: Mapping
  readonly places: Places
  /** Where a section stands. */
  readonly pathOf: (section: string) => Path
  /** Whether a rule stands in an imported file. */
  readonly imported: (index: number) => boolean
  /** As an Anubis file is read. */
  readonly lenient: boolean
}

export interface PolicyFindings {
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

/** Nothing is looked up while a file is read. */
const NO_SENSES: Senses = {
  count: () => 0,
  reverse: () => [],
  forward: () => [],
  blocked: () => undefined,
  country: () => undefined,
  asn: () => undefined,
  listed: () => false,
  load: () => [0, 0, 0],
  random: () => 0,
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const keysOf = (value: unknown): string[] => (isMapping(value) ? Object.keys(value) : [])

/** The conditions of a rule that are well-formed, in a rule that is well-formed around them. */
const salvaged = (entry: unknown, index: number): RuleOptions | undefined => {
  if (!isMapping(entry)) return undefined
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(entry)) {
    const condition = Object.hasOwn(MATCHERS, key) ? ruleSchema.shape[key as MatcherKey] : undefined
    if (condition?.safeParse(value).success) kept[key] = value
  }
  const parsed = ruleSchema.safeParse({ ...kept, name: `rule ${index}`, action: 'DENY' })
  return parsed.success && Object.keys(kept).length > 0 ? parsed.data : undefined
}

/** The entries of a list that could be read, with their place in it. */
const readable = <T>(
  list: unknown,
  read: (entry: unknown, index: number) => T | undefined,
): { readonly index: number; readonly value: T }[] =>
  (Array.isArray(list) ? list.slice(0, MOST_ENTRIES) : []).flatMap((entry: unknown, index) => {
    const value = read(entry, index)
    return value === undefined ? [] : [{ index, value }]
  })

// A list that is longer is a fault by itself.
const MOST_ENTRIES = 1000

const ruleOf = (entry: unknown, index: number): RuleOptions | undefined => {
  const parsed = ruleSchema.safeParse(entry)
  return parsed.success ? parsed.data : salvaged(entry, index)
}

const conditionsOf = (conditions: unknown): Record<string, ConditionOptions> =>
  Object.fromEntries(
    keysOf(conditions).flatMap((name): [string, ConditionOptions][] => {
      const parsed = conditionSchema.safeParse(isMapping(conditions) ? conditions[name] : undefined)
      // One that is no good is told by the schema; who names it should not be told as well.
      return [[name, parsed.success ? parsed.data : { path_regex: '^' }]]
    }),
  )

/** What the policy's compiler finds in all that is well-formed, whatever else is wrong with the document. */
export const policyFindings = ({
  data,
  places,
  pathOf,
  imported,
  lenient,
}: PolicyDocument): PolicyFindings => {
  const rules = readable(data['bots'], ruleOf)
  const thresholds = readable(data['thresholds'], (entry) => thresholdSchema.safeParse(entry).data)
  const challenge = challengeSchema.safeParse(data['challenge'])
  const otherwise = defaultSchema.safeParse(data['default'])
  const databases = keysOf(data['databases'])
  const compiled = compilePolicy({
    rules: rules.map(({ value }) => value),
    thresholds: thresholds.map(({ value }) => value),
    conditions: conditionsOf(data['conditions']),
    default: otherwise.success ? otherwise.data : { action: 'CHALLENGE' },
    challenge: challenge.success ? challenge.data : challengeSchema.parse({}),
    kinds: challengeKindSchema.options,
    dnsbl: data['dnsbl'] === true,
    databases: { country: databases.includes('country'), asn: databases.includes('asn') },
    lists: keysOf(data['lists']),
    senses: NO_SENSES,
    imported: (index) => imported(rules[index]?.index ?? index),
    lenient,
  })
  const lists: Readonly<Record<string, readonly { readonly index: number }[]>> = { bots: rules, thresholds }
  const placed = ({ path, message }: PolicyFault): Fault => {
    const [section, index, ...rest] = path
    const list = typeof section === 'string' ? lists[section] : undefined
    const inner = list === undefined ? path.slice(1) : [list[Number(index)]?.index ?? Number(index), ...rest]
    const original = [...pathOf(String(section)), ...inner]
    return { ...places.nearest(original).value, message: `${places.text(original)} ${message}` }
  }
  return { faults: compiled.ok ? [] : compiled.faults.map(placed), warnings: compiled.warnings.map(placed) }
}
