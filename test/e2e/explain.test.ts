import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HeaderLine } from '../../src/client/joined-headers.ts'
import { explainCommand } from '../../src/cli/explain.ts'
import { askedOf } from '../../src/cli/explain/asked.ts'
import { createExplainer } from '../../src/cli/explain/explainer.ts'
import type { ExplainedJson } from '../../src/cli/explain/json.ts'
import { createLoneSenses } from '../../src/cli/explain/senses.ts'
import { loadConfig } from '../../src/config/load.ts'
import { captureIo } from '../cli/capture.ts'
import { listenOn } from '../proxy/wire.ts'
import { tollgate } from './process.ts'

const REQUESTS = 500
/** So many of them are asked of the whole command. */
const COMMANDED = 20

const configOf = (upstream: number): string => `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
workers: 1
upstream: http://127.0.0.1:${upstream}
trusted_proxies: [127.0.0.0/8, 198.51.100.0/24]
conditions:
  office: { remote_addresses: [192.0.2.0/25] }
bots:
  - { name: feeds, action: ALLOW, path_regex: '\\.xml$' }
  - { name: admin, action: DENY, path_regex: ^/admin, unless: office }
  - { name: office, action: ALLOW, condition: office }
  - { name: bots, action: DENY, user_agent_regex: '(?i)gptbot' }
  - { name: watched, action: DENY, path_regex: ^/shop, mode: observe }
  - { name: canary, action: CHALLENGE, path_regex: ^/new, canary: 50%, challenge: { work: 2M } }
  - { name: hard, action: CHALLENGE, headers_regex: { X-Hard: ^1 }, challenge: { work: 16M } }
  - { name: writes, action: CHALLENGE, expression: '!(method in ["GET", "HEAD"])' }
  - { name: searches, action: WEIGH, expression: '"q" in query && size(query["q"]) > 3', weight: { adjust: 12 } }
  - { name: fails, action: WEIGH, expression: 'headers["X-Level"] == "1"', weight: { adjust: 3 } }
  - { name: browser, action: WEIGH, user_agent_regex: Mozilla, weight: { adjust: 10 } }
  - { name: languages, action: WEIGH, headers_regex: { Accept-Language: .* }, weight: { adjust: -5 } }
thresholds:
  - { name: fine, expression: weight <= 3, action: ALLOW }
  - { name: some, expression: weight < 15, action: CHALLENGE, challenge: { algorithm: fast, difficulty: 4 } }
  - { name: much, expression: weight >= 15, action: CHALLENGE, challenge: { difficulty: 5 } }
sites:
  b.example:
    bots:
      - { name: b-open, action: ALLOW, path_regex: ^/open/ }
      - { name: b-net, action: DENY, remote_addresses: ['2001:db8::/32', 203.0.113.128/25] }
    default: CHALLENGE
    thresholds: []
  '*.c.example': { mode: observe }
`

const segment = fc.constantFrom(
  'admin',
  '%61dmin',
  'new',
  'shop',
  'open',
  'feed.xml',
  '..',
  '.',
  '%2e%2e',
  '',
  ';x=1',
  'admin;a=b',
  '%2f',
  '%252e',
  'a b'.replace(' ', '%20'),
)
const target = fc
  .tuple(
    fc.array(segment, { maxLength: 4 }),
    fc.constantFrom('', '?q=abcd', '?q=a', '?q=ab&q=cd', '?x#y', '?'),
  )
  .map(([segments, query]) => `/${segments.join('/')}${query}`)
const address = fc.constantFrom(
  '192.0.2.7',
  '192.0.2.200',
  '203.0.113.9',
  '203.0.113.200',
  '198.51.100.4',
  '2001:db8::7',
  '::ffff:192.0.2.7',
  'nonsense',
)
const header: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(fc.constant('User-Agent'), fc.constantFrom('Mozilla/5.0', 'GPTBot/1.0', 'curl/8', '')),
  fc.tuple(fc.constant('Accept-Language'), fc.constantFrom('de', '')),
  fc.tuple(fc.constant('X-Hard'), fc.constantFrom('1', '0')),
  fc.tuple(fc.constant('X-Level'), fc.constantFrom('1', '2')),
  fc.tuple(fc.constant('X-Real-IP'), address),
  fc.tuple(fc.constantFrom('X-Forwarded-For', 'x-forwarded-for'), address),
  fc.tuple(
    fc.constant('X-Forwarded-For'),
    fc.tuple(address, address).map(([first, second]) => `${first}, ${second}`),
  ),
  fc.tuple(fc.constant('X-Forwarded-Host'), fc.constantFrom('b.example', 'x.c.example', 'a.example')),
  fc.tuple(fc.constant('Accept'), fc.constantFrom('text/html', 'application/json')),
)
const requested: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE'),
  target,
  host: fc.constantFrom('a.example', 'b.example', 'B.EXAMPLE:8080', 'b.example.', 'x.c.example', 'c.example'),
  headers: fc.array(header, { maxLength: 6 }),
})

interface Asked {
  readonly method: string
  readonly target: string
  readonly host: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** One request, byte for byte, on a connection of its own. */
const send = (port: number, lines: readonly string[]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n')
      const [first = '', ...fields] = head.split('\r\n')
      const headers = fields.map((field): [string, string] => {
        const colon = field.indexOf(':')
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
      })
      resolve({ status: Number(first.split(' ')[1]), headers: new Map(headers), body: rest.join('\r\n\r\n') })
    })
    socket.write([...lines, 'Connection: close', 'Content-Length: 0', '', ''].join('\r\n'))
  })

const headerLines = ({ host, headers }: Asked): string[] => [
  `Host: ${host}`,
  ...headers.map(([name, value]) => `${name}: ${value}`),
]

/** A site that tells what the gateway told it. */
const startSite = async () => {
  const server = createServer((asked, response) => {
    for (const name of ['tollgate-action', 'tollgate-rule', 'tollgate-level'])
      response.setHeader(`echo-${name}`, asked.headers[name] ?? '')
    response.end()
  })
  const port = await listenOn(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const load = (file: string) => {
  const loaded = loadConfig({ file, env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.config
}

const linesOf = ({ host, headers }: Asked): readonly HeaderLine[] => [
  ['Host', host],
  ...headers,
  ['Connection', 'close'],
  ['Content-Length', '0'],
]

/** The same by the command itself. */
const commanded = async (config: string, asked: Asked): Promise<Partial<ExplainedJson>> => {
  const { io, written } = captureIo()
  const args = linesOf(asked).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
  const request = ['--url', asked.target, '--method', asked.method, '--ip', '127.0.0.1']
  const status = await explainCommand.run(['--config', config, ...request, '--no-dns', '--json', ...args], io)
  expect({ status, err: written.err }).toEqual({ status: 0, err: '' })
  return JSON.parse(written.out) as ExplainedJson
}

/** What the gateway did, as far as it tells. */
type Met = Partial<Record<'action' | 'rule' | 'answerer', string> & { level: number }>

/** What the request itself met. */
const metDirectly = ({ status, headers }: Answer): Met => {
  const action = headers.get('tollgate-action')
  if (action !== undefined) return { action }
  if (status === 400) return { action: 'deny', answerer: 'bad_request' }
  return {
    action: headers.get('echo-tollgate-action') ?? '',
    rule: headers.get('echo-tollgate-rule') ?? '',
    level: Number(headers.get('echo-tollgate-level')),
  }
}

/** What a front proxy is told of it. */
const metByCheck = ({ headers }: Answer): Met => ({
  action: headers.get('tollgate-action') ?? '',
  rule: headers.get('tollgate-rule') ?? '',
  level: Number(headers.get('tollgate-level')),
})

test(`explain and a running gateway agree on ${REQUESTS} requests`, { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  await using site = await startSite()
  const config = join(folder, 'tollgate.yaml')
  writeFileSync(config, configOf(site.port))
  await using gateway = tollgate('serve', '--config', config)
  const [, found] = await gateway.seen(/site {3}http:\/\/127\.0\.0\.1:(\d+)/)
  const port = Number(found)
  const seen = new Map<string, number>()
  const loaded = load(config)
  await using lone = await createLoneSenses(loaded, false)
  const explainer = createExplainer({ config: loaded, senses: lone.senses, wallClock: Date.now })
  const explained = (asked: Asked) => {
    const { method, target: url } = asked
    const parsed = askedOf({ url, method, headers: linesOf(asked), ip: '127.0.0.1' }, loaded.trusted_proxies)
    if (!parsed.ok) throw new Error(parsed.fault)
    return explainer.json(parsed.value)
  }
  const requests = fc.sample(requested, { numRuns: REQUESTS, seed: 20_261_122 })
  for (const asked of requests) {
    const said = await explained(asked)
    const direct = metDirectly(
      await send(port, [`${asked.method} ${asked.target} HTTP/1.1`, ...headerLines(asked)]),
    )
    expect({ asked, ...said }).toMatchObject({ asked, ...direct })
    const kind = `${said.action} ${said.rule ?? said.answerer}`
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    if (said.answerer !== 'rules') continue
    const check = metByCheck(
      await send(port, [
        'GET /.tollgate/check HTTP/1.1',
        ...headerLines(asked),
        `X-Original-URI: ${asked.target}`,
        `X-Original-Method: ${asked.method}`,
      ]),
    )
    const { headers: lines } = asked
    const saidOfCheck = await explained({
      ...asked,
      headers: [...lines, ['X-Original-URI', asked.target], ['X-Original-Method', asked.method]],
    })
    expect({ asked, ...saidOfCheck }).toMatchObject({ asked, ...check })
  }
  for (const asked of requests.slice(0, COMMANDED))
    expect(await commanded(config, asked)).toEqual(JSON.parse(JSON.stringify(await explained(asked))))
  // Every rule had its say.
  for (const rule of [
    'feeds',
    'admin',
    'office',
    'bots',
    'canary',
    'hard',
    'writes',
    'b-open',
    'b-net',
    'default',
  ])
    expect([...seen.keys()].map((kind) => kind.split(' ')[1])).toContain(rule)
  for (const kind of [
    'deny bad_request',
    'allow threshold/fine',
    'challenge threshold/some',
    'challenge threshold/much',
  ])
    expect([...seen.keys()]).toContain(kind)
  rmSync(folder, { recursive: true })
})
