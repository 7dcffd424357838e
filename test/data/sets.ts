/** The built-in rule sets for tests: read, with their imports followed, and compiled. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Policy } from '../../src/policy/policy.ts'
import type { Senses } from '../../src/policy/senses.ts'
import { policyOf, quietSenses } from '../policy/stage.ts'

const folder = join(import.meta.dirname, '..', '..', 'data')
const WHOLE = new Set(['botPolicies.yaml', 'default.yaml'])

export interface SetRule {
  readonly name: string
  readonly action: string
  readonly user_agent_regex?: string
  readonly path_regex?: string
  readonly headers_regex?: Readonly<Record<string, string>>
  readonly remote_addresses?: readonly string[]
  readonly expression?: unknown
  readonly verified?: { readonly names?: readonly string[]; readonly remote_addresses?: readonly string[] }
  readonly weight?: { readonly adjust: number }
  readonly rate?: unknown
}

type Entry = SetRule | { readonly import: string }

/** Every rule set, by its path below `data/`. */
export const setFiles: readonly string[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ya?ml$/.test(file) && !file.startsWith('sources'))
  .sort()

export const setText = (file: string): string => readFileSync(join(folder, file), 'utf8')

interface WholePolicy {
  readonly bots: readonly Entry[]
  readonly thresholds: unknown
  readonly default?: 'ALLOW' | 'DENY' | 'CHALLENGE'
}

export const wholePolicy = (file: string): WholePolicy => parse(setText(file)) as WholePolicy

export const entriesOf = (file: string): readonly Entry[] =>
  WHOLE.has(file) ? wholePolicy(file).bots : (parse(setText(file)) as readonly Entry[])

const readRules = (file: string): readonly SetRule[] =>
  entriesOf(file).flatMap((entry) =>
    'import' in entry ? rulesOf(entry.import.replace('(data)/', '')) : [entry],
  )

const known = new Map<string, readonly SetRule[]>()

/** The rules of a set with its imports followed. */
export const rulesOf = (file: string): readonly SetRule[] => {
  const rules = known.get(file) ?? readRules(file)
  known.set(file, rules)
  return rules
}

/** A set alone; what it does not decide is left to the default, which allows. */
export const policyOfSet = (file: string, senses: Partial<Senses> = {}): Policy =>
  policyOf({ bots: rulesOf(file), default: 'ALLOW' }, { senses: { ...quietSenses, ...senses } })

/** A whole policy file. */
export const policyOfFile = (file: string, senses: Partial<Senses> = {}): Policy => {
  const { thresholds, default: otherwise = 'ALLOW' } = wholePolicy(file)
  const document = { bots: rulesOf(file), thresholds, default: otherwise }
  return policyOf(document, { senses: { ...quietSenses, ...senses } })
}

/** Names that addresses have, both ways. */
export const named = (names: Readonly<Record<string, string>>): Pick<Senses, 'reverse' | 'forward'> => ({
  reverse: ({ text }) => [names[text] ?? []].flat(),
  forward: (name) => Object.keys(names).filter((address) => names[address] === name),
})

/** Published lists that sets are written from. */
export const agents = parse(readFileSync(join(folder, 'sources', 'agents.yaml'), 'utf8')) as Readonly<
  Record<string, readonly string[]>
>
