import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createPolicyCompiler } from '../../src/app/site-policy.ts'
import { sitePlansOf } from '../../src/app/site-plan.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadedGood } from '../../src/config/load.ts'
import { createSites } from '../../src/gateway/sites.ts'
import type { Policy, Verdict } from '../../src/policy/policy.ts'
import { factsOfRequest } from './semantics/request.ts'
import { readTables } from './semantics/table.ts'
import type { Expected, Table } from './semantics/table.ts'
import { sensesOf } from './semantics/world.ts'

const FOLDER = join(import.meta.dirname, 'semantics')
/** Cases on which tollgate and the table do not agree yet. */
const DISPUTED = 'disputed.yaml'
const ENOUGH = 240

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && name !== DISPUTED)
const tables = files.flatMap((file) => readTables(file, readFileSync(join(FOLDER, file), 'utf8')))

const textOf = ({ policy }: Table): string => (typeof policy === 'string' ? policy : stringify(policy))

const load = (table: Table) => loadConfig({ text: textOf(table), file: table.file, env: {}, cwd: FOLDER })

const loadedOf = (table: Table): LoadedGood => {
  const loaded = load(table)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return loaded
}

/** The policy of the site that a host has, compiled as the gateway compiles it. */
const policiesOf = (
  { config }: LoadedGood,
  senses: ReturnType<typeof sensesOf>,
): ((host: string) => Policy) => {
  const compiler = createPolicyCompiler(senses)
  const [first, ...rest] = sitePlansOf(config, { kind: 'unix', path: '/nowhere' })
  const sites = createSites({
    otherwise: compiler.policyOf(first),
    entries: rest.map((plan) => ({ hosts: plan.hosts, site: compiler.policyOf(plan) })),
  })
  return (host) => sites.of(host)
}

const namesOf = ({ marks = [] }: Verdict, what: string): string[] =>
  marks.filter((mark) => mark.what === what).map(({ rule }) => rule)

/** As much of a verdict as is expected of it. */
const told = (verdict: Verdict, expected: Expected): Expected => ({
  action: verdict.action,
  rule: verdict.rule,
  ...(expected.weight === undefined ? {} : { weight: verdict.weight }),
  ...(expected.work === undefined ? {} : { work: verdict.work }),
  ...(expected.failed === undefined ? {} : { failed: namesOf(verdict, 'failed') }),
  ...(expected.observed === undefined ? {} : { observed: namesOf(verdict, 'observed') }),
  ...(expected.unverified === undefined ? {} : { unverified: namesOf(verdict, 'unverified') }),
})

test(`at least ${ENOUGH} decisions are required`, () => {
  expect(tables.flatMap(({ cases }) => cases).length).toBeGreaterThanOrEqual(ENOUGH)
})

const named = (some: readonly Table[]) =>
  some.map((table) => [`${table.file}: ${table.name}`, table] as const)

test.each(named(tables.filter(({ refused }) => refused !== undefined)))('%s is refused', (_, table) => {
  const loaded = load(table)
  expect(loaded.ok ? [] : loaded.faults.map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringContaining(table.refused ?? '')]),
  )
})

describe.each(named(tables.filter(({ refused }) => refused === undefined)))('%s', (_, table) => {
  let loaded: LoadedGood
  // Every answer of the world at once, and every answer late: the verdict must be the same.
  let worlds: readonly ReturnType<typeof policiesOf>[]

  beforeAll(() => {
    loaded = loadedOf(table)
    worlds = [false, true].map((late) => policiesOf(loaded, sensesOf(table.senses, late)))
  })

  test(`is read as ${table.anubis ? "Anubis's" : "tollgate's"}`, () => {
    expect(loaded.anubis).toBe(table.anubis)
    expect(loaded.config).toMatchObject(table.config)
    expect(loaded.warnings.map(({ message }) => message)).toEqual(
      expect.arrayContaining(table.warnings.map((warning) => expect.stringContaining(warning))),
    )
  })

  test.each(table.cases.map((row) => [row.why, row] as const))(
    '%s',
    async (_why, { request, expect: expected }) => {
      const facts = factsOfRequest(request)
      for (const policyOf of worlds) {
        const policy = policyOf(facts.client.host)
        const verdict = await policy.evaluate(facts)
        expect(told(verdict, expected)).toEqual(expected)
        expect((await policy.explain(facts)).verdict).toEqual(verdict)
      }
    },
  )
})
