import { describe, expect, test } from 'vitest'
import { configDiff } from '../../src/app/reload/config-diff.ts'
import { listChanges } from '../../src/app/reload/rule-diff.ts'
import { keepUntilRestart } from '../../src/app/reload/restart-only.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'

const configOf = (text: string): Config => {
  // A key of tollgate's own, or the text would be read as Anubis's.
  const loaded = loadConfig({ text: `drain_timeout: 30s\n${text}`, env: {}, cores: 2 })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.config
}
const diff = (old: string, next: string) => configDiff(configOf(old), configOf(next))

const RULE = (name: string, regex = `^/${name}`) =>
  `  - { name: ${name}, action: DENY, path_regex: ${regex} }\n`
const bots = (...rules: string[]) => `bots:\n${rules.join('')}`

describe('the difference between two configurations', () => {
  test('of the same configuration is nothing', () => {
    expect(diff(bots(RULE('a'), RULE('b')), bots(RULE('a'), RULE('b')))).toEqual([])
  })

  test('names rules that are added, with their place', () => {
    expect(diff(bots(RULE('b')), bots(RULE('a'), RULE('b'), RULE('c')))).toEqual([
      'rule added: a (before b)',
      'rule added: c (last)',
    ])
  })

  test('names rules that are removed, moved and changed', () => {
    const old = bots(RULE('a'), RULE('b'), RULE('c'), RULE('d', '^/a'))
    const next = bots(RULE('c'), RULE('a'), RULE('d', '^/b'))
    expect(diff(old, next)).toEqual([
      'rule removed: b',
      'rule moved: c (before a)',
      'rule changed: d: path_regex "^/a" → "^/b"',
    ])
  })

  test('tells what a rule gained and lost', () => {
    const old = 'bots:\n  - { name: a, action: DENY, path_regex: ^/a }\n'
    const next = 'bots:\n  - { name: a, action: CHALLENGE, user_agent_regex: x, challenge: { work: 64k } }\n'
    expect(diff(old, next)).toEqual([
      'rule changed: a: action DENY → CHALLENGE',
      'rule changed: a: path_regex "^/a" → nothing',
      'rule changed: a: user_agent_regex nothing → "x"',
      'rule changed: a: challenge nothing → {work: 64000}',
    ])
  })

  test('tells the default, the upstream and options as they are written', () => {
    expect(
      diff(
        'default: CHALLENGE\n',
        'default: DENY\nupstream: http://127.0.0.1:3000\npass: { ttl: 1d }\nmode: observe\ntrusted_proxies: [10.0.0.0/8]\n',
      ),
    ).toEqual([
      'upstream of default: the demo site → http://127.0.0.1:3000',
      'default: CHALLENGE → DENY',
      'trusted_proxies: [] → ["10.0.0.0/8"]',
      'pass.ttl: 7d → 1d',
      'mode: "enforce" → "observe"',
    ])
  })

  test('tells of a site only what is its own', () => {
    const sites = (rule: string, more = '') =>
      `sites:\n  a.test:\n    upstream: http://127.0.0.1:1\n    bots:\n    ${rule}  b.test: { mode: observe }\n${more}`
    expect(
      diff(
        `${sites(RULE('x'))}default: ALLOW\n`,
        `${sites(RULE('y'), '  "*.test": { default: DENY }\n')}default: DENY\n`,
      ),
    ).toEqual([
      'default: ALLOW → DENY',
      'site a.test: rule removed: x',
      'site a.test: rule added: y (last)',
      'site added: *.test',
    ])
    expect(diff(sites(RULE('x')), sites(RULE('x')).replace(':1\n', ':2\n'))).toEqual([
      'upstream of a.test: http://127.0.0.1:1 → http://127.0.0.1:2',
    ])
    expect(diff('sites: { a.test: { mode: observe } }\n', '')).toEqual(['site removed: a.test'])
  })

  test('is at most 200 lines, the last of which says how many more there are', () => {
    const many = (prefix: string) => bots(...Array.from({ length: 300 }, (_, i) => RULE(`${prefix}${i}`)))
    const lines = diff(many('a'), many('b'))
    expect(lines).toHaveLength(200)
    expect(lines.at(-1)).toBe('… and 401 more changes')
  })

  test('cuts what is long', () => {
    const [line = ''] = diff(bots(RULE('a')), bots(RULE('a', `^/${'x'.repeat(900)}`)))
    expect(line.length).toBeLessThan(200)
  })
})

test('two rules of one name are two entries', () => {
  expect(listChanges('rule', [{ name: 'a' }], [{ name: 'a' }, { name: 'a' }])).toEqual([
    'rule added: a (last)',
  ])
})

test('of a list that is turned round all but one entry has moved', () => {
  const names = Array.from({ length: 1000 }, (_, i) => ({ name: `r${i}` }))
  expect(listChanges('rule', names, names.toReversed())).toHaveLength(999)
})

describe('what only a restart can change', () => {
  const running = configOf('listen: 127.0.0.1:8001\nworkers: 2\npass: { key_file: /a.pem, ttl: 7d }\n')

  test('stays as it runs, is named, and all else is taken', () => {
    const next = configOf(
      'listen: 127.0.0.1:8002\nworkers: 3\nbase_path: /.other\nstore: { capacity: 5, cleanup_interval: 9s }\n' +
        'admin: { listen: 127.0.0.1:9999 }\npass: { key_file: /b.pem, ttl: 1d }\nmode: observe\n',
    )
    const { config, needsRestart } = keepUntilRestart(running, next)
    expect(needsRestart).toEqual([
      'listen: [127.0.0.1:8001] → [127.0.0.1:8002]',
      'base_path: "/.tollgate" → "/.other"',
      'admin.listen: 127.0.0.1:9090 → 127.0.0.1:9999',
      'pass.key_file: "/a.pem" → "/b.pem"',
      'store.capacity: 1000000 → 5',
      'workers: 2 → 3',
    ])
    expect(config).toMatchObject({
      listen: running.listen,
      workers: 2,
      pass: { key_file: '/a.pem', ttl: 86_400_000 },
      store: { capacity: 1_000_000, cleanup_interval: 9000 },
      mode: 'observe',
    })
    expect(configDiff(running, config)).toEqual([
      'pass.ttl: 7d → 1d',
      'store.cleanup_interval: 1m → 9s',
      'mode: "enforce" → "observe"',
    ])
  })

  test('a key file that is gone from the file is kept as well', () => {
    const { config, needsRestart } = keepUntilRestart(
      running,
      configOf('listen: 127.0.0.1:8001\nworkers: 2\n'),
    )
    expect(config.pass.key_file).toBe('/a.pem')
    expect(needsRestart).toEqual(['pass.key_file: "/a.pem" → nothing'])
  })
})
