import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { createFolder, toldBy } from './folder.ts'

const load = (text: string) => loadConfig({ text, file: 'f', env: {} })
const sitesOf = (text: string) => {
  const loaded = load(text)
  if (!loaded.ok) throw new Error(toldBy(loaded, '').join('\n'))
  return loaded.config.sites
}
const told = (text: string): string[] => toldBy(load(text), '')

const TOP = `
upstream: http://127.0.0.1:3000
upstream_timeouts: {connect: 1s, headers: 2s}
mode: observe
default: ALLOW
challenge: {work: 4M, puzzles: 8}
status_codes: {CHALLENGE: 401}
dnsbl: true
thresholds:
  - {name: t, expression: weight > 3, action: DENY}
bots:
  - {name: a, action: DENY, path_regex: ^/a}
`

test('a site takes from the top level what it does not say', () => {
  const [site] = sitesOf(`${TOP}sites:\n  www.example.org: {}\n`)
  const top = load(TOP)
  if (!top.ok || site === undefined) throw new Error('did not load')
  const { name, hosts, ...rest } = site
  expect([name, hosts]).toEqual(['www.example.org', ['www.example.org']])
  expect(top.config).toMatchObject(rest)
  expect(rest.bots.map((rule) => rule.name)).toEqual(['a'])
  expect(rest.origins).toEqual([{ file: 'f', line: 12 }])
})

test('what a site says replaces a list and is put over a section', () => {
  const [site] = sitesOf(`${TOP}sites:
  WWW.Example.org.:
    upstream: http://127.0.0.1:4000
    upstream_timeouts: {headers: 9s}
    mode: enforce
    default: {action: CHALLENGE, challenge: {work: 1k}}
    challenge: {work: 8M}
    status_codes: {DENY: 404}
    dnsbl: false
    thresholds: []
    bots:
      - {name: b, action: DENY, path_regex: ^/b}
`)
  expect(site).toMatchObject({
    name: 'www.example.org',
    upstream: { port: 4000 },
    upstream_timeouts: { connect: 1000, headers: 9000, idle: 0 },
    mode: 'enforce',
    default: { action: 'CHALLENGE', challenge: { work: 1000 } },
    challenge: { work: 8_000_000, puzzles: 8, kind: 'pow' },
    status_codes: { CHALLENGE: 401, DENY: 404 },
    dnsbl: false,
    thresholds: [],
    bots: [{ name: 'b' }],
    origins: [{ file: 'f', line: 24 }],
  })
})

test('sites stand in the order of the document', () => {
  const names = ['z.org', '*.a.org', 'a.org', '127.0.0.1', '[::1]', 'localhost']
  const text = `sites:\n${names.map((name) => `  "${name}": {}\n`).join('')}`
  expect(sitesOf(text).map(({ name }) => name)).toEqual(names)
})

test.each(['http://a.org', 'a.org:80', '*', '*.*.org', 'a..org', '-a.org', 'a b', '.org', '[x]', ''])(
  '%j is no host',
  (host) => {
    expect(told(`sites: {${JSON.stringify(host)}: {}}`)).toEqual([
      expect.stringContaining('must be a host name'),
    ])
  },
)

test('the same host twice is a fault', () => {
  expect(told('sites:\n  a.org: {}\n  A.org.: {}\n')).toEqual([
    expect.stringMatching(/^f:3:11 sites\.A\.org\. is the same host as an earlier one/),
  ])
})

test('a key of the whole gateway is told as that, a misspelt one with what was meant', () => {
  expect(
    told('sites:\n  a.org:\n    workers: 2\n    listen: :1\n    mod: observe\n    colour: red\n'),
  ).toEqual([
    'f:3:5 "workers" belongs to the whole gateway, not to a site',
    'f:4:5 "listen" belongs to the whole gateway, not to a site',
    'f:5:5 unknown key "mod" in sites.a.org; did you mean "mode"?',
    'f:6:5 unknown key "colour" in sites.a.org',
  ])
})

test('faults in the rules of a site name the site', () => {
  expect(
    told(`sites:
  a.org:
    bots:
      - {name: a, action: DENY, path_regex: (}
      - {name: a, action: DENY, path_regex: ^/}
    thresholds:
      - {name: a, expression: wait > 1, action: DENY}
    challenge: {work: 1}
`),
  ).toEqual([
    expect.stringMatching(/^f:4:45 sites\.a\.org\.bots\[0\]\.path_regex is not a regular expression/),
    expect.stringMatching(/^f:5:16 sites\.a\.org\.bots\[1\]\.name must be unique/),
    expect.stringMatching(/^f:7:31 sites\.a\.org\.thresholds\[0\]\.expression .*wait/),
  ])
  expect(told('sites:\n  a.org:\n    challenge: {work: 1}\n')).toEqual([
    expect.stringMatching(/^f:3:23 sites\.a\.org\.challenge\.work must be from 16/),
  ])
})

test('two sites may have rules of the same name', () => {
  const bots = '{bots: [{name: a, action: DENY, path_regex: ^/a}]}'
  expect(sitesOf(`sites: {a.org: ${bots}, b.org: ${bots}}`).length).toBe(2)
})

test('rules of a site may be imported, and one file by many sites', () => {
  using folder = createFolder({
    'main.yaml': 'sites:\n  a.org: {bots: [import: r.yaml]}\n  b.org: {bots: [import: r.yaml]}\n',
    'r.yaml': '# rules\n- {name: a, action: DENY, path_regex: ^/a}\n',
  })
  const loaded = folder.load('main.yaml')
  expect(loaded).toMatchObject({ ok: true, warnings: [] })
  expect(loaded.ok && loaded.config.sites.map(({ origins }) => origins.map(({ line }) => line))).toEqual([
    [2],
    [2],
  ])
})

test('a configuration with sites can be sent to a worker thread', () => {
  const loaded = load(`${TOP}sites: {a.org: {mode: enforce}}`)
  expect(loaded.ok && structuredClone(loaded.config)).toEqual(loaded.ok && loaded.config)
})
