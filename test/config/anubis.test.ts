import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { createFolder, toldBy } from './folder.ts'

const load = (text: string) => loadConfig({ text, file: 'f', env: { X: 'x' } })
const goodOf = (text: string) => {
  const loaded = load(text)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
  return loaded
}
const told = (text: string): string[] => toldBy(load(text), '')
const RULE = '{name: a, action: DENY, path_regex: ^/a}'
const policy = (more = ''): string => `bots:\n  - ${RULE}\n${more}`

test('a file with rules and without a key of our own is read as one of Anubis', () => {
  const { config, anubis } = goodOf(policy())
  expect(anubis).toBe(true)
  expect(config.default).toEqual({ action: 'ALLOW' })
  expect(config.thresholds).toEqual([
    {
      name: 'legacy-anubis-behaviour',
      expression: 'weight > 0',
      action: 'CHALLENGE',
      challenge: { algorithm: 'fast', difficulty: 4 },
    },
  ])
})

test.each([
  ['a key of the top level', policy('mode: enforce')],
  ['a key of the store', policy('store: {capacity: 1k}')],
  ['a condition of a rule', 'bots: [{name: a, action: DENY, path_regex: ^/, canary: 5%}]'],
  ['a key of a challenge', 'bots: [{name: a, action: CHALLENGE, path_regex: ^/, challenge: {work: 1M}}]'],
  [
    'a key of a threshold',
    policy('thresholds: [{name: a, expression: weight > 1, action: DENY, mode: observe}]'),
  ],
  ['no rules at all', 'dnsbl: true'],
  ['nothing', ''],
])('%s makes it a file of our own, where the default is CHALLENGE', (_, text) => {
  const { config, anubis } = goodOf(text)
  expect(anubis).toBe(false)
  expect(config.default).toEqual({ action: 'CHALLENGE' })
})

test('unknown keys are left out with a warning that says what was meant', () => {
  expect(
    told(
      'logs: {level: x}\nbots:\n  - {name: a, action: DENY, path_regex: ^/a, user_agnt_regex: b}\nupstrem: x\n',
    ),
  ).toEqual([
    'f:1:1 unknown key "logs" is left out; did you mean "log"?',
    'f:3:46 unknown key "user_agnt_regex" in bots[0] is left out; did you mean "user_agent_regex"?',
    'f:4:1 unknown key "upstrem" is left out; did you mean "upstream"?',
  ])
})

test('a rule that is left without a condition is refused, not applied to everybody', () => {
  expect(told('bots: [{name: a, action: DENY, user_agnt_regex: b}]')).toEqual([
    expect.stringContaining('bots[0] needs at least one of'),
  ])
})

test('keys are found in any case, but not the names of headers', () => {
  const { config, warnings } = goodOf(
    'Bots: [{Name: a, ACTION: DENY, Headers_Regex: {X-NAME: b}}]\nDNSBL: true\nStatus_Codes: {challenge: 200}',
  )
  expect(warnings).toEqual([])
  expect(config.bots).toEqual([{ name: 'a', action: 'DENY', headers_regex: { 'X-NAME': 'b' } }])
  expect(config.dnsbl).toBe(true)
  expect(config.status_codes.CHALLENGE).toBe(200)
})

describe('scalars', () => {
  test.each([
    ['yes', true],
    ['On', true],
    ['TRUE', true],
    ['no', false],
    ['OFF', false],
    ['n', false],
  ])('%s is %s where a boolean is expected', (word, meant) => {
    expect(goodOf(policy(`dnsbl: ${word}`)).config.dnsbl).toBe(meant)
  })

  test('are texts where a text is expected', () => {
    const { config } = goodOf(
      'bots: [{name: no, action: DENY, path_regex: 007}, {name: 1.0, action: DENY, path_regex: on}]',
    )
    expect(config.bots).toMatchObject([
      { name: 'no', path_regex: '007' },
      { name: '1.0', path_regex: 'on' },
    ])
  })

  test('are octal where an integer with a leading zero is expected', () => {
    expect(goodOf(policy('status_codes: {DENY: 0623}')).config.status_codes.DENY).toBe(403)
  })

  test('with quotes are what they are', () => {
    expect(told(policy('dnsbl: "yes"'))).toEqual([expect.stringContaining('dnsbl must be true or false')])
  })
})

test('merge keys are put in below the own keys of a mapping', () => {
  const { config } = goodOf(
    'bots:\n - &a {name: a, action: DENY, path_regex: ^/a}\n - {<<: *a, name: b}\n - {<<: [*a, {canary: 5%}], name: c}',
  )
  expect(config.bots).toEqual([
    { name: 'a', action: 'DENY', path_regex: '^/a' },
    { name: 'b', action: 'DENY', path_regex: '^/a' },
    { name: 'c', action: 'DENY', path_regex: '^/a', canary: 5 },
  ])
})

test('only the first document of the file counts', () => {
  const { config, warnings } = goodOf(`${policy()}---\nbots: 5\n`)
  expect(config.bots.length).toBe(1)
  expect(warnings).toEqual([])
})

test('what looks like a variable stays as it is, with a warning', () => {
  const { config, warnings } = goodOf(
    'bots: [{name: a, action: DENY, path_regex: "^/${X}"}, {name: b, action: DENY, path_regex: "^/$${"}]',
  )
  expect(config.bots[0]?.path_regex).toBe('^/${X}')
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('variables are not put in'),
  ])
})

test('JSON is read as well', () => {
  expect(
    goodOf('{\n\t"bots": [{"name": "a", "action": "WEIGH", "path_regex": "^/", "weight": {"adjust": -3}}]\n}')
      .anubis,
  ).toBe(true)
})

test('names that come twice, or that are no good for a header, are warnings', () => {
  const { config, warnings } = goodOf(
    'bots:\n' +
      ' - {name: a, action: DENY, path_regex: ^/a}\n - {name: a, action: DENY, path_regex: ^/b}\n' +
      ' - {name: "löwe ", action: DENY, path_regex: ^/c}\n - {name: default, action: DENY, path_regex: ^/d}\n',
  )
  expect(config.bots.map(({ name }) => name)).toEqual(['a', 'a', 'l?we', 'rule default'])
  expect(warnings.map(({ line }) => line)).toEqual([3, 4, 5])
})

test('a difficulty above what a challenge can cost is a warning, and a fault in a file of our own', () => {
  const text =
    'bots: [{name: a, action: CHALLENGE, path_regex: ^/, challenge: {algorithm: fast, difficulty: 20}}]'
  expect(goodOf(text).warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('bots[0].challenge.difficulty asks for more'),
  ])
  expect(load(`${text}\nmode: enforce`)).toMatchObject({ ok: false })
})

describe('sections', () => {
  test('a store that is not built becomes memory', () => {
    const { config, warnings } = goodOf(policy('store: {backend: bbolt, parameters: {path: /x}}'))
    expect(config.store.backend).toBe('memory')
    expect(warnings.map(({ message }) => message)).toEqual([
      'store.backend bbolt is not supported; memory is used',
    ])
    expect(goodOf(policy('store: {backend: memory, parameters: {}}')).warnings).toEqual([])
    expect(goodOf('mode: enforce\nstore: {backend: memory, parameters: {}}').warnings).toEqual([])
  })

  test('logging becomes log', () => {
    const { config, warnings } = goodOf(
      policy('logging: {level: WARN, sink: file, parameters: {file: /var/log/x, maxBackups: 3}}'),
    )
    expect(config.log).toEqual({ level: 'warn', file: '/var/log/x' })
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('logging.parameters.maxBackups has no effect'),
    ])
    expect(goodOf(policy('logging: {level: debug, sink: stdio}')).config.log).toEqual({ level: 'debug' })
  })

  test.each([
    ['127.0.0.1:9191', {}, { kind: 'tcp', host: '127.0.0.1', port: 9191 }],
    ['/run/m.sock', { network: 'unix' }, { kind: 'unix', path: '/run/m.sock' }],
  ])('metrics.bind %s becomes admin.listen', (bind, more, listen) => {
    const { config, warnings } = goodOf(policy(`metrics: ${JSON.stringify({ bind, ...more })}`))
    expect(config.admin.listen).toEqual(listen)
    expect(warnings).toEqual([])
  })

  test('metrics.bind for everybody is not taken over', () => {
    const { config, warnings } = goodOf(policy('metrics: {bind: ":9090", debug: true}'))
    expect(config.admin.listen).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 9090 })
    expect(warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringContaining('metrics.bind is no loopback address'),
      'metrics.debug has no effect',
    ])
  })

  test('what is not built is a warning when it is asked for', () => {
    const asked =
      'honeypot: {enabled: yes}\nopenGraph: {enabled: true, ttl: 1h, override: {"og:title": x}}\nimpressum: {footer: x}'
    expect(goodOf(policy(asked)).warnings.map(({ message }) => message.split(' ')[0])).toEqual([
      'honeypot',
      'openGraph',
      'impressum',
    ])
    expect(goodOf(policy('honeypot: {enabled: no}\nopenGraph: {enabled: no}')).warnings).toEqual([])
  })

  test('are known in a file of our own too, whose unknown keys are faults', () => {
    const sections =
      'logging: {level: warn}\nmetrics: {bind: "127.0.0.1:1"}\nhoneypot: {enabled: false}\nworkers: 2\n'
    const { config, anubis } = goodOf(policy(sections))
    expect([anubis, config.log.level, config.workers]).toEqual([false, 'warn', 2])
    expect(told(policy(`${sections}logs: {}`))).toEqual(['f:7:1 unknown key "logs"; did you mean "log"?'])
  })
})

test('what an Anubis file imports is read as leniently, unless it is a snippet of our own', () => {
  using folder = createFolder({
    'main.yaml': 'bots:\n  - import: theirs.yaml\n  - import: ours.yaml\n',
    'theirs.yaml': '- {name: no, action: DENY, path_regex: ^/a, colour: red}\n',
    'ours.yaml': '- {name: b, action: DENY, path_regex: ^/b, canary: 10%}\n',
    'bad.yaml': 'bots:\n  - import: typo.yaml\n',
    'typo.yaml': '- {name: b, action: ALLOW, path_regex: ^/b, canary: 10%, user_agnt_regex: x}\n',
  })
  const loaded = folder.load('main.yaml')
  expect(loaded).toMatchObject({ ok: true, anubis: true })
  expect(toldBy(loaded, folder.path)).toEqual(['theirs.yaml:1:45 unknown key "colour" in [0] is left out'])
  expect(toldBy(folder.load('bad.yaml'), folder.path)).toEqual([
    expect.stringContaining('unknown key "user_agnt_regex"'),
  ])
})
