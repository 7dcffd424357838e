import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkCommand } from '../../src/cli/check.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-check-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'policy.yaml')

const check = async (yaml: string, ...flags: string[]) => {
  writeFileSync(file, yaml)
  const { io, written } = captureIo()
  const status = await checkCommand.run([...flags, file], io)
  const cut = (text: string): readonly string[] => text.replaceAll(file, 'F').split('\n').slice(0, -1)
  return { status, out: cut(written.out), err: cut(written.err), text: written.out }
}

const RULES = `default: CHALLENGE
lists:
  bad: { file: bad.txt }
conditions:
  office: { remote_addresses: [192.0.2.0/24] }
bots:
  - { name: feeds, action: ALLOW, path_regex: '[.]xml$' }
  - { name: crawler, action: ALLOW, user_agent_regex: Bot, verified: { names: [.bot.example] } }
  - { name: admin, action: DENY, path_regex: ^/admin, unless: office }
  - { name: listed, action: DENY, list: bad }
  - { name: storm, action: CHALLENGE, rate: { count: requests, window: 1m, over: 100 }, challenge: { work: 4M } }
  - { name: odd, action: WEIGH, headers_regex: { X-Odd: ^1 }, weight: { adjust: 10 } }
  - { name: odder, action: WEIGH, headers_regex: { X-Odd: 2$ }, weight: { adjust: 5 } }
thresholds:
  - { name: fine, expression: weight <= 0, action: ALLOW }
  - { name: some, expression: weight > 0, action: CHALLENGE }
sites:
  b.example: { bots: [{ name: closed, action: DENY, path_regex: ^/x }], thresholds: [], default: CHALLENGE }
  '*.c.example': { bots: [{ name: open, action: ALLOW, path_regex: ^/x }], thresholds: [], default: DENY }
`

const GOOD = `${RULES}tests:
  - { name: feeds are open, request: { path: /a.xml?b }, expect: ALLOW }
  - { request: { path: /a.xml, method: POST }, expect: { rule: feeds, weight: 0, level: 0 } }
  - { name: no way in, request: { path: /admin }, expect: DENY }
  - { name: around the corner, request: { path: /x/..%2fadmin }, expect: DENY }
  - { name: from the office, request: { path: /admin, ip: 192.0.2.9 }, expect: { rule: threshold/fine } }
  - name: the crawler itself
    request: { path: /admin, user_agent: Bot/1.0 }
    client: { names: [C1.Bot.example] }
    expect: { action: ALLOW, rule: crawler }
  - { name: who says to be it, request: { path: /admin, user_agent: Bot/1.0 }, expect: DENY }
  - { name: on the list, request: { path: / }, client: { lists: [bad] }, expect: { rule: listed } }
  - { name: a storm, request: { path: / }, client: { counts: { requests: 101 } }, expect: { rule: storm, level: 21 } }
  - { name: no storm, request: { path: / }, client: { counts: { requests: 100 } }, expect: ALLOW }
  - name: two lines of a header
    request: { path: /, headers: { X-Odd: ['1', '2'] } }
    expect: { action: CHALLENGE, rule: threshold/some, weight: 15, level: 20 }
  - { name: by host, request: { path: /x, host: B.example }, expect: { rule: closed } }
  - { name: by URL, request: { url: 'https://www.c.example/x' }, expect: { rule: open } }
`

describe('tests of a policy', () => {
  test('that come out as expected are counted', async () => {
    expect(await check(GOOD)).toMatchObject({ status: 0, out: ['F: ok (13 tests passed)'], err: [] })
  })

  test('that fail are faults with file, line and column', async () => {
    const yaml = `bots:
  - { name: feeds, action: ALLOW, path_regex: ^/feed }
default: CHALLENGE
tests:
  - { name: feeds are open, request: { path: /rss }, expect: { action: ALLOW, rule: feeds } }
  - { request: { path: /feed }, expect: ALLOW }
  - { request: { path: / }, expect: { level: 21, weight: 1 } }
  - { request: { path: '/#a' }, expect: DENY }
  - { request: { path: /.tollgate/check }, expect: DENY }
  - request: { path: /feed }
    expect: DENY
`
    expect(await check(yaml)).toMatchObject({
      status: 1,
      out: [],
      err: [
        'F:5:5: test "feeds are open": expected ALLOW by feeds, got CHALLENGE by default',
        'F:7:5: test 3: expected weight 1 level 21, got CHALLENGE by default weight 0 level 20',
        'F:8:5: test 4: expected DENY, got a bad request (400); no rule is asked',
        'F:9:5: test 5: expected DENY, got an answer of the gateway itself; no rule is asked',
        'F:10:5: test 6: expected DENY, got ALLOW by feeds',
      ],
    })
  })

  test('of a site are sent to that site', async () => {
    const yaml = `sites:
  b.example:
    bots: [{ name: b, action: DENY, path_regex: . }]
    tests:
      - { request: { path: / }, expect: { rule: b } }
      - { name: elsewhere, request: { path: /, host: a.example }, expect: { rule: b } }
  '*.c.example':
    bots: [{ name: c, action: DENY, path_regex: . }]
    tests:
      - { request: { path: / }, expect: { rule: c } }
`
    expect(await check(yaml)).toMatchObject({
      status: 1,
      err: ['F:6:9: test "elsewhere": expected by b, got CHALLENGE by default'],
    })
  })

  test('are about the rules also where they are only observed', async () => {
    const yaml = `mode: observe
bots: [{ name: all, action: DENY, path_regex: . }]
tests: [{ request: { path: / }, expect: DENY }]
`
    expect(await check(yaml)).toMatchObject({ status: 0 })
  })

  test.each([
    [
      '{ request: { path: a }, expect: DENY }',
      /tests\[0\]\.request\.path must be a path such as \/feed\.xml/,
    ],
    ['{ request: { path: /, url: "http://a/" }, expect: DENY }', /must have either path or url/],
    ['{ request: { path: / }, expect: deny }', /tests\[0\]\.expect must be one of ALLOW, DENY, CHALLENGE/],
    ['{ request: { path: / }, expect: {} }', /must expect something/],
    ['{ request: { path: /, ip: here }, expect: DENY }', /tests\[0\]\.request\.ip must be an address/],
    ['{ request: { path: /, headers: { "a b": c } }, expect: DENY }', /must be the name of a header/],
    ['{ request: { pth: / }, expect: DENY }', /unknown key "pth".*did you mean "path"/],
    ['{ expect: DENY }', /missing key "request"/],
  ])('%s is no test', async (text, fault) => {
    const { status, err } = await check(`tests:\n  - ${text}\n`)
    expect(status).toBe(1)
    expect(err.join('\n')).toMatch(fault)
  })
})

test('a database that is not there is a fault', async () => {
  const { status, err } = await check(`databases:\n  country: ${join(folder, 'none.mmdb')}\n`)
  expect(status).toBe(1)
  expect(err).toEqual([expect.stringMatching(/^F:2:12: databases\.country cannot be read/)])
})

const ODD = `bots:
  - { name: all, action: DENY, path_regex: . }
  - { name: late, action: DENY, path_regex: ^/a }
`

describe('odd rules', () => {
  const warning =
    'F:3:5: warning: rule "late" can never be reached: rule "all" before it matches every request [unreachable]'

  test('are told and do not fail', async () => {
    expect(await check(ODD)).toMatchObject({
      status: 0,
      out: ['F: ok, read as an Anubis policy file: what nothing decides is allowed'],
      err: [warning],
    })
  })

  test('fail with --strict', async () => {
    expect(await check(ODD, '--strict')).toMatchObject({ status: 1, out: [], err: [warning] })
  })
})

test('--json tells everything, of all files together and of each', async () => {
  const yaml = `mode: enforce
${ODD}tests:
  - { name: in, request: { path: / }, expect: ALLOW }
  - { name: out, request: { path: / }, expect: DENY }
`
  const { status, text, err } = await check(yaml, '--json')
  expect({ status, err }).toEqual({ status: 1, err: [] })
  const fault = { file, line: 6, column: 5, message: 'test "in": expected ALLOW, got DENY by all' }
  const told = {
    faults: [fault],
    warnings: [],
    lint: [expect.objectContaining({ file, line: 4, column: 5, code: 'unreachable' })],
    tests: [
      { test: 'test "in"', ok: false, fault },
      { test: 'test "out"', ok: true },
    ],
  }
  expect(JSON.parse(text)).toEqual({
    ok: false,
    ...told,
    files: [{ file, ok: false, anubis: false, ...told }],
  })
})
