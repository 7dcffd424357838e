import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { explainCommand } from '../../src/cli/explain.ts'
import { startDnsServer } from '../dns/server.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'p.yaml')

const POLICY = `trusted_proxies: [127.0.0.0/8]
default: CHALLENGE
pass: { key_file: ${join(folder, 'no.pem')} }
lists:
  near: { file: ${join(folder, 'near.txt')} }
  far: { url: 'https://lists.invalid/far.txt' }
bots:
  - { name: open, action: ALLOW, path_regex: ^/open }
  - name: closed
    action: DENY
    path_regex: ^/closed
  - { name: browser, action: WEIGH, user_agent_regex: Mozilla, weight: { adjust: 10 } }
  - { name: near, action: DENY, list: near }
  - { name: far, action: DENY, list: far }
  - { name: crawler, action: ALLOW, user_agent_regex: Bot, verified: { names: [.bot.example] } }
  - { name: long, action: CHALLENGE, path_regex: '^/(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)' }
sites:
  b.example: { mode: observe }
`
writeFileSync(file, POLICY)
writeFileSync(join(folder, 'near.txt'), '198.51.100.0/24\n')

const explain = async (...args: readonly string[]) => {
  const { io, written } = captureIo()
  const status = await explainCommand.run(['--config', file, '--no-dns', ...args], io)
  return { status, out: written.out.replaceAll(folder, ''), err: written.err }
}
const json = async (...args: readonly string[]) =>
  JSON.parse((await explain('--json', ...args)).out) as Record<string, unknown>

describe('the report', () => {
  test('tells who is believed, every rule, the weight and the outcome', async () => {
    const { status, out } = await explain('--url', '/closed?a=b', '--header', 'User-Agent: Mozilla/5.0')
    expect(status).toBe(0)
    expect(out).toBe(`client    203.0.113.1, http, host localhost
          203.0.113.1 connects itself
request   GET /closed?a=b
path      /closed
agent     Mozilla/5.0
headers   host, user-agent
reader    a page can be shown
site      default

  rule    action     hit  weight  because
  open    allow      no        0  path_regex "^/open" did not match
  closed  deny       yes       0  path_regex "^/closed" matched

weight    0
verdict   deny
          by closed (/p.yaml:9)
pass      not asked for
outcome   refuse
`)
  })

  test('tells what a challenge costs', async () => {
    const { out } = await explain('--url', '/', '--header', 'User-Agent: Mozilla/5.0')
    expect(out).toMatch(/^ {2}browser +weigh +yes +\+10 {2}user_agent_regex "Mozilla" matched; weight \+10$/m)
    expect(out).toMatch(/^weight {4}\+10$/m)
    expect(out).toMatch(/^pass {6}none shown$/m)
    expect(out).toMatch(/^outcome {3}challenge level 20, expected 1,048,576 hashes \(pow\)$/m)
  })

  test('tells what would have been done where all is observed', async () => {
    const { out } = await explain('--url', 'http://b.example/closed')
    expect(out).toMatch(/^site {6}b\.example \(mode: observe\)$/m)
    expect(out).toMatch(/^outcome {3}forward \(only observed; instead of: refuse\)$/m)
  })

  test('keeps to a hundred columns and has no control characters, whatever is asked', async () => {
    const { out } = await explain(
      '--url',
      `/%1b[2J/${'x'.repeat(500)}\u009b`,
      '--header',
      `User-Agent: ${'Mozilla \u001b[31m'.repeat(40)}`,
    )
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(out).toMatch(/^outcome {3}challenge/m)
  })
})

describe('who is believed', () => {
  const forwarded = ['--header', 'X-Forwarded-For: 192.0.2.66, 198.51.100.7, 127.0.0.9'] as const

  test('a trusted proxy', async () => {
    const { out } = await explain(
      '--url',
      '/',
      '--ip',
      '127.0.0.1',
      ...forwarded,
      '--header',
      'X-Forwarded-Proto: https',
      '--header',
      'X-Real-IP: 1.1.1.1',
    )
    expect(out).toMatch(/^client {4}198\.51\.100\.7, https, host localhost$/m)
    expect(out).toContain('127.0.0.1 is a trusted proxy; X-Forwarded-For is read')
    expect(out).toContain('X-Forwarded-Proto: believed')
    expect(out).toContain('X-Real-IP: ignored, never believed')
    expect(out).toMatch(/^ {2}near +deny +yes/m)
  })

  test('a stranger', async () => {
    const { out } = await explain('--url', '/', '--ip', '203.0.113.5', ...forwarded)
    expect(out).toMatch(/^client {4}203\.0\.113\.5, http/m)
    expect(out).toContain('X-Forwarded-For: ignored, 203.0.113.5 is not in trusted_proxies')
  })
})

describe('--json', () => {
  test('has the action, the rule, the weight, the level and the trail', async () => {
    expect(await json('--url', '/open', '--method', 'post')).toMatchObject({
      action: 'allow',
      rule: 'open',
      weight: 0,
      level: 0,
      trail: [{ rule: 'open', action: 'allow', matched: true, weight: 0 }],
      site: 'default',
      mode: 'enforce',
      pass: null,
      origin: '/p.yaml:8',
    })
    expect(await json('--url', 'https://b.example/')).toMatchObject({
      action: 'allow',
      rule: 'default',
      level: 0,
      observed: { action: 'challenge', rule: 'default', level: 20 },
      work: 1_048_576,
      kind: 'pow',
      client: { scheme: 'https', host: 'b.example' },
    })
  })

  test('tells a pass that cannot be checked, and makes no key to check it', async () => {
    const said = await json('--url', '/', '--pass', 'abc')
    expect(said).toMatchObject({ action: 'challenge', pass: { state: 'unchecked' } })
    expect(await json('--url', '/', '--pass', 'tollgate-pass=abc')).toMatchObject({
      pass: { state: 'unchecked' },
    })
    expect(readdirSync(folder).sort()).toEqual(['near.txt', 'p.yaml'])
  })

  test.each([
    ['/a#b', { action: 'deny', rule: null, status: 400, answerer: 'bad_request' }],
    ['http://a.example/a#b', { rule: 'default', answerer: 'rules' }],
    ['http://a.example', { rule: 'default', answerer: 'rules' }],
    ['/.tollgate/check', { action: 'allow', rule: null, answerer: 'own_path' }],
  ])('of %s is as the gateway answers', async (url, expected) => {
    expect(await json('--url', url)).toMatchObject(expected)
  })
})

test('names of addresses are looked up unless that is not wished', async () => {
  await using dns = await startDnsServer(({ name }) =>
    name.endsWith('.in-addr.arpa') ? ['c1.bot.example'] : ['192.0.2.44'],
  )
  const named = join(folder, 'named.yaml')
  writeFileSync(named, `${POLICY}dns: { servers: ['${dns.server}'] }\n`)
  const ruleOf = async (...flags: readonly string[]): Promise<unknown> => {
    const { io, written } = captureIo()
    const request = ['--url', '/', '--ip', '192.0.2.44', '--header', 'User-Agent: Bot/1.0']
    await explainCommand.run(['--config', named, '--json', ...request, ...flags], io)
    return (JSON.parse(written.out) as { readonly rule: unknown }).rule
  }
  expect(await ruleOf('--no-dns')).toBe('default')
  expect(dns.asked).toEqual([])
  expect(await ruleOf()).toBe('crawler')
  rmSync(named)
})

test('a list of which there is no copy is told, and nothing is fetched', async () => {
  const { err } = await explain('--url', '/')
  expect(err).toBe('tollgate explain: no copy of the list far is here; nobody stands on it\n')
})

test.each([
  [[], '--url is missing'],
  [['--url', 'example.org/x'], '--url must be a path such as /a?b or a URL with http:// or https://'],
  [['--url', '/', '--ip', 'here'], '--ip must be an address'],
  [['--url', '/', '--header', 'nonsense'], '--header must look like \'Name: value\', got "nonsense"'],
  [['--url', '/', '--method', 'G T'], '--method must be a method such as GET'],
])('%j is refused with one line', async (args, fault) => {
  expect(await explain(...args)).toEqual({
    status: 1,
    out: '',
    err: `tollgate explain: ${fault} (see tollgate help explain)\n`,
  })
})

test('a faulty configuration is told as check tells it', async () => {
  const bad = join(folder, 'bad.yaml')
  writeFileSync(bad, 'mode: of\n')
  const { io, written } = captureIo()
  expect(await explainCommand.run(['--config', bad, '--url', '/'], io)).toBe(1)
  expect(written.err).toMatch(/bad\.yaml:1:7: mode must be one of enforce, observe/)
  rmSync(bad)
})
