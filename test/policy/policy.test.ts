import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { parseAddress } from '../../src/base/address.ts'
import type { RequestFacts } from '../../src/client/client.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import type { PolicyParts } from '../../src/policy/compile.ts'
import { botsSchema, defaultSchema } from '../../src/policy/options.ts'
import type { Policy } from '../../src/policy/policy.ts'

const challenge = { kind: 'pow', work: 1_048_576, puzzles: 16 }
type Rules = z.input<typeof botsSchema>

const partsOf = (rules: Rules, otherwise: z.input<typeof defaultSchema> = 'CHALLENGE'): PolicyParts => ({
  rules: botsSchema.parse(rules),
  default: defaultSchema.parse(otherwise),
  challenge,
  kinds: ['pow'],
})
const policyOf = (...parts: Parameters<typeof partsOf>): Policy => {
  const compiled = compilePolicy(partsOf(...parts))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults))
  return compiled.policy
}
const faultsOf = (...parts: Parameters<typeof partsOf>) => {
  const compiled = compilePolicy(partsOf(...parts))
  return compiled.ok ? [] : compiled.faults.map(({ path, message }) => `${path.join('.')} ${message}`)
}
const factsOf = ({ path = '/', userAgent = 'Mozilla/5.0', address = '192.0.2.1' } = {}): RequestFacts => {
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new Error(address)
  return {
    client: { address: parsed, scheme: 'https', host: 'a.example' },
    method: 'GET',
    target: `${path}?q`,
    path,
    userAgent,
    audience: 'page',
    header: () => undefined,
  }
}
const rule = (name: string, action: string, more: object) =>
  ({ name, action, ...more }) as Rules extends readonly (infer Rule)[] | undefined ? Rule : never

test('without a rule the default decides, at the cost of the section challenge', () => {
  expect(policyOf([]).evaluate(factsOf())).toEqual({
    action: 'challenge',
    rule: 'default',
    work: 1_048_576,
    kind: 'pow',
  })
  expect(policyOf([], 'DENY').evaluate(factsOf())).toMatchObject({ action: 'deny', work: 0 })
})

test('the first rule that matches decides', async () => {
  const policy = policyOf([
    rule('a', 'DENY', { path_regex: '^/a' }),
    rule('b', 'ALLOW', { path_regex: '^/(?:a|b)' }),
  ])
  expect(await policy.evaluate(factsOf({ path: '/ab' }))).toMatchObject({ action: 'deny', rule: 'a' })
  expect(await policy.evaluate(factsOf({ path: '/b' }))).toMatchObject({ action: 'allow', rule: 'b' })
  expect(policy.ruleNames).toEqual(['a', 'b', 'default'])
})

test('all conditions of a rule must hold', async () => {
  const policy = policyOf([
    rule('a', 'ALLOW', {
      path_regex: '^/feed$',
      user_agent_regex: '(?i)reader',
      remote_addresses: ['192.0.2.0/24', '2001:db8::/32'],
    }),
  ])
  const fitting = { path: '/feed', userAgent: 'My READER/1' }
  expect(await policy.evaluate(factsOf(fitting))).toMatchObject({ rule: 'a' })
  expect(await policy.evaluate(factsOf({ ...fitting, address: '2001:db8::5' }))).toMatchObject({ rule: 'a' })
  for (const missed of [{ path: '/feeds' }, { userAgent: 'x' }, { address: '198.51.100.1' }]) {
    expect(await policy.evaluate(factsOf({ ...fitting, ...missed }))).toMatchObject({ rule: 'default' })
  }
})

test('a rule can ask for another challenge', () => {
  const policy = policyOf([rule('hard', 'CHALLENGE', { path_regex: '^/login', challenge: { work: '8M' } })])
  expect(policy.evaluate(factsOf({ path: '/login' }))).toEqual({
    action: 'challenge',
    rule: 'hard',
    work: 8_000_000,
    kind: 'pow',
  })
})

test('the same frozen verdict comes back for every request of a rule', async () => {
  const policy = policyOf([rule('a', 'DENY', { path_regex: '^/a' })])
  const verdict = await policy.evaluate(factsOf({ path: '/a' }))
  expect(await policy.evaluate(factsOf({ path: '/ab' }))).toBe(verdict)
  expect(Object.isFrozen(verdict)).toBe(true)
})

test('explain tries every rule and says what decided', async () => {
  const policy = policyOf([
    rule('a', 'DENY', { path_regex: '^/b', user_agent_regex: 'Moz' }),
    rule('b', 'ALLOW', { path_regex: '^/a', user_agent_regex: 'Moz' }),
  ])
  expect(await policy.explain(factsOf({ path: '/a' }))).toEqual({
    verdict: { action: 'allow', rule: 'b', work: 0, kind: 'pow' },
    trail: [
      { rule: 'a', matched: false, because: 'path_regex did not match' },
      { rule: 'b', matched: true, because: 'user_agent_regex and path_regex matched' },
    ],
  })
})

describe('a path that can be read in several ways', () => {
  const policy = policyOf([
    rule('open', 'ALLOW', { path_regex: '^/public/' }),
    rule('shut', 'DENY', { path_regex: '^/admin' }),
  ])

  test.each([
    '/public/../admin',
    '/public/%2e%2e/admin',
    '/public/..%2fadmin',
    '/public/..\\admin',
    '/public/x/..//..//admin',
  ])('%s is not allowed by its beginning', async (path) =>
    expect(await policy.evaluate(factsOf({ path }))).not.toMatchObject({ action: 'allow' }),
  )

  test.each(['/%61dmin', '//admin', '/./admin', '/x/../admin', '/public/../admin', '/x/%2e%2e/admin'])(
    '%s is denied like what it leads to',
    async (path) => expect(await policy.evaluate(factsOf({ path }))).toMatchObject({ rule: 'shut' }),
  )

  test.each(['/public/a%20b', '/public/%zz', '/public/.hidden', '/public/%ff'])(
    '%s is allowed, as all its readings are',
    async (path) => expect(await policy.evaluate(factsOf({ path }))).toMatchObject({ rule: 'open' }),
  )
})

test('a pattern that would hang a backtracking engine is answered as fast as any other', async () => {
  const policy = policyOf([rule('a', 'DENY', { user_agent_regex: '^(a+)+$' })])
  expect(await policy.evaluate(factsOf({ userAgent: `${'a'.repeat(20_000)}!` }))).toMatchObject({
    rule: 'default',
  })
})

test('all faults come at once, each with its path', () => {
  const rules = [
    rule('a', 'DENY', { path_regex: '(' }),
    rule('a', 'DENY', {}),
    rule('default', 'ALLOW', { user_agent_regex: 'x(?!y)' }),
    rule('c', 'CHALLENGE', { path_regex: 'x', challenge: { kind: 'riddle', work: 3 } }),
    rule('d', 'ALLOW', { path_regex: 'x', challenge: { work: '1M' } }),
  ]
  expect(faultsOf(rules, { action: 'CHALLENGE', challenge: { work: '100G' } })).toEqual([
    'bots.0.path_regex is not a regular expression: missing closing )',
    'bots.1 needs at least one of remote_addresses, user_agent_regex, path_regex',
    'bots.2.user_agent_regex is not a regular expression: invalid or unsupported Perl syntax at character 2: (?!',
    'bots.3.challenge.kind must be a known kind of challenge: pow',
    'bots.3.challenge.work must be at least one hash for each of the 16 puzzles',
    'bots.4.challenge belongs to the action CHALLENGE only',
    'bots.1.name must be unique; an earlier rule is named "a"',
    'bots.2.name must not be "default", which is taken',
    'default.challenge.work must be at most 16 puzzles × 4294967296',
  ])
})
