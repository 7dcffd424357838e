import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/app/judge.ts'
import type { JudgeParts } from '../../src/app/judge.ts'
import { createKnownSenses } from '../../src/app/world/known-senses.ts'
import { factsFrom } from '../../src/client/facts.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createDecayMap } from '../../src/decay-map/create.ts'
import { signingKeysOf } from '../../src/pass/keys.ts'
import { createPasses, REFUSED_VALUE_BYTES } from '../../src/pass/passes.ts'
import { KNOWN_VALUE_BYTES } from '../../src/pass/remembered.ts'
import type { RequestFacts } from '../../src/client/client.ts'

const NOW = Date.UTC(2026, 0, 1)
const keys = {
  pem: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  kept: true,
}

const configOf = (text: string) => {
  const loaded = loadConfig({ text, env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.config
}

const judgeOf = (yaml: string, more: Partial<JudgeParts> = {}) =>
  createJudge({
    config: configOf(yaml),
    senses: createKnownSenses().senses,
    wallClock: () => NOW,
    ...more,
  })

const factsOf = (target: string, host = 'a.example', headers: Record<string, string> = {}): RequestFacts =>
  factsFrom({
    method: 'GET',
    target,
    headers: { host, ...headers },
    client: {
      address: { text: '192.0.2.1', words: [0, 0, 0xffff, 0xc0000201] },
      scheme: 'https',
      host,
    },
  })

/** A pass for a.example as the gateway itself mints it. */
const mint = (level: number, mintedAt = NOW): Promise<string> => {
  const map = (name: string, valueBytes: number) =>
    createDecayMap({ name, capacity: 8, valueBytes, atCapacity: 'evict' })
  const passes = createPasses({
    keys: signingKeysOf(keys),
    store: {
      issued: () => undefined,
      claim: () => ({ outcome: 'full' }),
      revoke: () => undefined,
      isRevoked: () => false,
    },
    known: map('known', KNOWN_VALUE_BYTES),
    refused: map('refused', REFUSED_VALUE_BYTES),
    wallClock: () => mintedAt,
    ttl: 60_000,
    onEvent: () => undefined,
  })
  return passes.mint({
    id: Buffer.alloc(16, 1),
    host: 'a.example',
    level,
    kind: 'pow',
    mintedAt,
    network: '',
  })
}

describe('a pass', () => {
  const withPass = (token: string) => factsOf('/', 'a.example', { authorization: `Tollgate ${token}` })

  test('of the level that is asked opens the gate', async () => {
    const { decision, pass } = await judgeOf('', { keys }).judge(withPass(await mint(20)))
    expect(pass).toMatchObject({ state: 'valid', level: 20 })
    expect(decision).toMatchObject({ outcome: 'forward', action: 'pass', level: 20, rule: 'default' })
  })

  test('opens nothing when it is too low, too old, forged, for another host or absent', async () => {
    const judge = judgeOf('', { keys })
    const token = await mint(20)
    const cases = [
      [withPass(await mint(19)), { state: 'valid', level: 19 }],
      [withPass(await mint(20, NOW - 61_000)), { state: 'invalid', reason: 'expired' }],
      [withPass(`${token.slice(0, -8)}AAAAAAAA`), { state: 'invalid', reason: 'forged' }],
      [
        factsOf('/', 'b.example', { cookie: `tollgate-pass=${token}` }),
        { state: 'invalid', reason: 'elsewhere' },
      ],
      [factsOf('/'), { state: 'absent' }],
    ] as const
    for (const [facts, state] of cases) {
      const { decision, pass } = await judge.judge(facts)
      expect(pass).toMatchObject(state)
      expect(decision).toMatchObject({ outcome: 'challenge', level: 20 })
      expect(await judge.decide(facts)).toEqual(decision)
    }
  })

  test('without the key cannot be checked and opens nothing', async () => {
    const { decision, pass } = await judgeOf('').judge(withPass(await mint(20)))
    expect(pass).toEqual({ state: 'unchecked' })
    expect(decision.outcome).toBe('challenge')
  })

  test('is not asked for where the rules allow or deny', async () => {
    const judge = judgeOf(
      'bots: [{ name: a, action: ALLOW, path_regex: ^/a }, { name: d, action: DENY, path_regex: ^/d }]',
      { keys },
    )
    expect((await judge.judge(factsOf('/a'))).pass).toBeUndefined()
    expect((await judge.judge(factsOf('/d'))).pass).toBeUndefined()
  })
})

describe('sites', () => {
  const judge = judgeOf(`
sites:
  b.example: { bots: [{ name: b, action: DENY, path_regex: . }] }
  '*.b.example': { mode: observe }
`)

  test('are picked by host as the gateway does', () => {
    const named = [
      'b.example',
      'B.Example:8443',
      'b.example.',
      'x.b.example',
      'a.x.b.example',
      'c.example',
      '',
    ]
    expect(named.map((host) => judge.siteOf(factsOf('/', host)).name)).toEqual([
      'b.example',
      'b.example',
      'b.example',
      '*.b.example',
      '*.b.example',
      'default',
      'default',
    ])
  })

  test('that only observe let through and say what would have been', async () => {
    const { decision, site, verdict } = await judge.judge(factsOf('/', 'x.b.example'))
    expect(site.mode).toBe('observe')
    expect(verdict.action).toBe('challenge')
    expect(decision).toMatchObject({
      outcome: 'forward',
      action: 'allow',
      level: 0,
      instead: { outcome: 'challenge', level: 20 },
    })
  })
})

test('what no rule is asked about is told apart', () => {
  const judge = judgeOf('base_path: /.gate')
  const answerers = ['/', '/.gate', '/.gate/check', '/.gated', '/.gate?x', 'http://a/', '/a#b', '*'].map(
    (target) => judge.answererOf(factsOf(target)),
  )
  expect(answerers).toEqual([
    'rules',
    'own_path',
    'own_path',
    'rules',
    'own_path',
    'bad_request',
    'bad_request',
    'bad_request',
  ])
  expect(judge.answererOf(factsOf('/', 'a b'))).toBe('bad_request')
})

test('the trail has every rule that was tried and ends with the one that decided', async () => {
  const { trail, verdict } = await judgeOf(`
bots:
  - { name: a, action: WEIGH, path_regex: ^/x, weight: { adjust: 3 } }
  - { name: b, action: DENY, path_regex: ^/y }
  - { name: c, action: CHALLENGE, path_regex: ^/ }
  - { name: d, action: DENY, path_regex: ^/x }
`).judge(factsOf('/x'))
  expect(trail.map(({ rule, matched, weight }) => [rule, matched, weight])).toEqual([
    ['a', true, 3],
    ['b', false, 3],
    ['c', true, 3],
  ])
  expect(verdict).toMatchObject({ action: 'challenge', rule: 'c', weight: 3 })
})
