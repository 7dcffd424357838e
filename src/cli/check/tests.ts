import { createJudge } from '../../app/judge.ts'
import type { Judge } from '../../app/judge.ts'
import { createKnownSenses } from '../../app/world/known-senses.ts'
import type { KnownSenses } from '../../app/world/known-senses.ts'
import { levelOf } from '../../challenge/level.ts'
import type { HeaderLine } from '../../client/joined-headers.ts'
import type { Fault } from '../../config/fault.ts'
import type { LoadedGood } from '../../config/load.ts'
import type { Path } from '../../config/places.ts'
import type { ExpectedVerdict, PolicyTest } from '../../policy/policy-tests.ts'
import type { Verdict } from '../../policy/policy.ts'
import { askedOf } from '../explain/asked.ts'

/** A test of a policy that was run. */
export interface TestResult {
  /** Its name, or its number among the tests of its list. */
  readonly test: string
  readonly ok: boolean
  /** What failed and where; undefined when it is as expected. */
  readonly fault?: Fault
}

const linesOf = ({ headers, user_agent, host }: PolicyTest['request']): HeaderLine[] => [
  ...(host === undefined ? [] : [['Host', host] as const]),
  ...(user_agent === undefined ? [] : [['User-Agent', user_agent] as const]),
  ...Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): HeaderLine => [name, value]),
  ),
]

/** A verdict as far as the expectation asks for it. */
const shown = ({ action, rule, weight, level }: ExpectedVerdict): string =>
  [
    ...(action === undefined ? [] : [action]),
    ...(rule === undefined ? [] : [`by ${rule}`]),
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(level === undefined ? [] : [`level ${level}`]),
  ].join(' ')

const ACTIONS = { allow: 'ALLOW', deny: 'DENY', challenge: 'CHALLENGE' } as const

/** The verdict told in the words of the expectation; the rule always. */
const gotOf = ({ action, rule, work, weight }: Verdict, expected: ExpectedVerdict): ExpectedVerdict => ({
  action: ACTIONS[action],
  rule,
  ...(expected.weight === undefined ? {} : { weight }),
  ...(expected.level === undefined ? {} : { level: levelOf(work) }),
})

const isAs = (expected: ExpectedVerdict, got: ExpectedVerdict): boolean =>
  (['action', 'rule', 'weight', 'level'] as const).every(
    (key) => expected[key] === undefined || expected[key] === got[key],
  )

const UNRULED = {
  bad_request: 'a bad request (400); no rule is asked',
  own_path: 'an answer of the gateway itself; no rule is asked',
} as const

/** What is wrong with the outcome of one test, in words; undefined when nothing is. */
const failureOf = async (
  { request, client = {}, expect }: PolicyTest,
  usualHost: string | undefined,
  { judge, known, trusted }: { judge: Judge; known: KnownSenses; trusted: readonly string[] },
): Promise<string | undefined> => {
  const { method, ip, url, path = '/' } = request
  const lines = linesOf(request)
  const named = url !== undefined || lines.some(([name]) => name.toLowerCase() === 'host')
  const headers: HeaderLine[] = named || usualHost === undefined ? lines : [['Host', usualHost], ...lines]
  const asked = askedOf({ url: url ?? path, method, headers, ip }, trusted)
  if (!asked.ok) return asked.fault
  const { facts } = asked.value
  known.know(client, facts.client.address)
  const answerer = judge.answererOf(facts)
  if (answerer !== 'rules') return `expected ${shown(expect)}, got ${UNRULED[answerer]}`
  const { verdict } = await judge.judge(facts)
  const got = gotOf(verdict, expect)
  return isAs(expect, got) ? undefined : `expected ${shown(expect)}, got ${shown(got)}`
}

/** A list of tests, where it stands, and the host that it is for. */
interface TestList {
  readonly tests: readonly PolicyTest[]
  readonly path: Path
  readonly host: string | undefined
}

const listsOf = ({ config }: LoadedGood): readonly TestList[] => [
  { tests: config.tests, path: ['tests'], host: undefined },
  ...config.sites.flatMap(({ name, tests }): TestList[] =>
    tests.length === 0
      ? []
      : [{ tests, path: ['sites', name, 'tests'], host: name.replace(/^\*\./, 'www.') }],
  ),
]

/** Runs all tests of a configuration; nothing is looked up. One after the other: they share what is known. */
export const testsOf = async (loaded: LoadedGood): Promise<readonly TestResult[]> => {
  const { config, places } = loaded
  const known = createKnownSenses()
  const judge = createJudge({ config, senses: known.senses, wallClock: Date.now })
  const parts = { judge, known, trusted: config.trusted_proxies }
  const results: TestResult[] = []
  for (const { tests, path, host } of listsOf(loaded)) {
    for (const [index, each] of tests.entries()) {
      const test = each.name === undefined ? `test ${index + 1}` : `test "${each.name}"`
      const failure = await failureOf(each, host, parts)
      const place = places.nearest([...path, index]).key
      results.push(
        failure === undefined
          ? { test, ok: true }
          : { test, ok: false, fault: { ...place, message: `${test}: ${failure}` } },
      )
    }
  }
  return results
}
