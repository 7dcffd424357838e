import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { startDnsServer } from '../../dns/server.ts'
import { BROWSER, combinedLine, openFolder, replay, reportOf } from './stage.ts'

const folder = openFolder()
afterAll(() => folder.remove())

const POLICY = `
bots:
  - {name: feeds, action: ALLOW, path_regex: "^/feed"}
  - {name: ai, action: DENY, user_agent_regex: GPTBot}
  - {name: curl, action: WEIGH, user_agent_regex: "^curl/", weight: {adjust: 10}}
  - {name: trial, action: DENY, path_regex: "^/old", mode: observe}
thresholds:
  - {name: high, expression: "weight >= 10", action: DENY}
default: CHALLENGE
`
const policy = folder.write('policy.yaml', POLICY)
const countsOf = ({ policy: { actions } }: Awaited<ReturnType<typeof reportOf>>) => [
  actions.allow.count,
  actions.challenge.count,
  actions.deny.count,
]

const LOG = [
  combinedLine({ target: '/feed.xml', address: '192.0.2.7' }),
  combinedLine({ target: '/?q=1', address: '192.0.2.8', at: 5 }),
  combinedLine({ target: '/', address: '198.51.100.1' }),
  combinedLine({ target: '/old/x', address: '2001:db8::1' }),
  combinedLine({ agent: 'GPTBot/1.2', address: '2001:db8::2', at: 60 }),
  combinedLine({ agent: 'curl/8.5', address: '203.0.113.1' }),
]

test('counts, shares, rules, weights, marks, networks and top lists are those of the log', async () => {
  const report = await reportOf('--config', policy, folder.write('a.log', LOG.join('')))
  expect(report).toMatchObject({
    lines: 6,
    malformed: { count: 0 },
    requests: 6,
    logs: [{ format: 'combined' }],
    span: { from: '2026-11-22T12:00:00.000Z', to: '2026-11-22T12:01:00.000Z' },
    headers: ['user-agent'],
    networks: { count: 4, exact: true },
    policy: {
      actions: {
        allow: { count: 1, share: 1 / 6, networks: { count: 1 } },
        challenge: { count: 3, share: 0.5, networks: { count: 3 } },
        deny: { count: 2, share: 2 / 6, networks: { count: 2 } },
      },
      marks: [
        { rule: 'trial', what: 'observed', action: 'deny', count: 1 },
        { rule: 'curl', what: 'weighed', count: 1 },
      ],
      close: {
        challenge: {
          paths: {
            top: [
              { text: '/', count: 2 },
              { text: '/old/x', count: 1 },
            ],
            error: 0,
          },
          agents: { top: [{ text: BROWSER, count: 3 }] },
          browserLike: { requests: 3, networks: { count: 3 } },
        },
        deny: { browserLike: { requests: 0 }, networks: { top: [{ text: '2001:db8::/64', count: 1 }, {}] } },
      },
    },
  })
  expect(report.policy.rules.map(({ rule, action, count }) => `${rule} ${action} ${count}`)).toEqual([
    'default challenge 3',
    'feeds allow 1',
    'ai deny 1',
    'threshold/high deny 1',
  ])
  expect(report.policy.rules.find(({ rule }) => rule === 'threshold/high')?.weights).toEqual([
    { weight: 10, count: 1 },
  ])
})

test('the report for a person says the same, in at most 100 columns of printable text', async () => {
  const line = combinedLine({ target: `/${'x'.repeat(300)}`, agent: '\u001b[2J\u0007evil' })
  const file = folder.write(
    'b.log',
    Buffer.from([...LOG, line, 'garbage\u001b[31m\u009b\n'].join(''), 'latin1'),
  )
  const { status, out, err } = await replay('--config', policy, file)
  expect([status, err]).toEqual([0, ''])
  expect(out).toMatch(/challenge +4 +57\.1 %/)
  expect(out).toMatch(/high +deny +1 +14\.3 %/)
  expect(out).toContain(':8: no time in brackets: garbage\\x1b[31m\\x9b')
  expect(out).toContain('\\x1b[2J\\x07evil\n')
  expect(out).toContain('The log holds of headers only user-agent; what is not assumed was taken as absent.')
  expect(out).not.toMatch(/[^\n\x20-\x7e…→]/)
  expect(Math.max(...out.split('\n').map((row) => row.length))).toBeLessThanOrEqual(100)
})

describe('lines that are no requests', () => {
  test('malformed ones are counted, and the first three are shown', async () => {
    const file = folder.write('bad.log', `${LOG[0]}x\n\n\n${'y'.repeat(70_000)}\nz\nw\n${LOG[1]}`)
    const report = await reportOf('--config', policy, file)
    expect(report).toMatchObject({ lines: 6, requests: 2, malformed: { count: 4 } })
    expect(report.malformed.malformedLines).toEqual([
      { log: file, line: 2, why: 'no time in brackets', text: 'x' },
      { log: file, line: 5, why: 'longer than 65536 characters', text: '' },
      { log: file, line: 6, why: 'no time in brackets', text: 'z' },
    ])
  })

  test("what is no request to the rules is told apart: no HTTP, a refused target, the gateway's own paths", async () => {
    const odd = [
      combinedLine().replace('GET / HTTP/1.1', '\\x16\\x03'),
      combinedLine({ target: 'http://a/' }),
      combinedLine({ target: '/.tollgate/challenge' }),
      combinedLine(),
    ]
    expect(await reportOf('--config', policy, folder.write('odd.log', odd.join('')))).toMatchObject({
      lines: 4,
      malformed: { count: 0 },
      noRequest: 1,
      unasked: { bad_request: 1, own_path: 1 },
      requests: 1,
    })
  })

  test('an empty log is a report of nothing', async () => {
    expect(await reportOf('--config', policy, folder.write('empty.log', ''))).toMatchObject({
      lines: 0,
      requests: 0,
      policy: { actions: { deny: { count: 0, share: 0 } }, rules: [] },
    })
    const { out, status } = await replay('--config', policy, folder.path('empty.log'))
    expect(status).toBe(0)
    expect(out).toMatch(/judged +0\n/)
    expect(out).not.toMatch(/NaN|undefined/)
  })

  test('binary garbage is malformed lines', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919 + (at >> 3)) & 255))
    const report = await reportOf('--config', policy, folder.write('noise.log', bytes))
    expect(report.requests).toBe(0)
    expect(report.malformed.count).toBe(report.lines)
    expect(report.lines).toBeGreaterThan(100)
  })
})

describe('packed logs', () => {
  const many = Array.from({ length: 2000 }, (_, at) => combinedLine({ target: `/${(at * 7919) % 10_007}` }))
  const packed = gzipSync(many.join(''))

  test.each(['log.gz', 'log-that-does-not-say-so'])('%s is unpacked', async (name) => {
    const report = await reportOf('--config', policy, folder.write(name, packed))
    expect(report).toMatchObject({ lines: 2000, requests: 2000, malformed: { count: 0 } })
    expect(report.logs[0]?.fault).toBeUndefined()
  })

  test('several packed parts in one file are one log', async () => {
    expect(
      await reportOf('--config', policy, folder.write('two.gz', Buffer.concat([packed, packed]))),
    ).toMatchObject({
      lines: 4000,
    })
  })

  test('of a log whose end is missing all is read that is there', async () => {
    const file = folder.write('cut.gz', packed.subarray(0, Math.floor(packed.length / 2)))
    const report = await reportOf('--config', policy, file)
    expect(report.logs[0]?.fault).toMatch(/^the packed data end badly: unexpected end of file/)
    expect(report.lines).toBeGreaterThan(800)
    expect(report.lines).toBeLessThan(1500)
    expect(report.requests).toBeGreaterThanOrEqual(report.lines - 1)
  })

  test('of a log that is damaged inside, what comes before it is read', async () => {
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, packed.length >> 1, (packed.length >> 1) + 200)
    const report = await reportOf('--config', policy, folder.write('damaged.gz', damaged))
    expect(report.logs[0]?.fault).toMatch(/^the packed data end badly/)
    expect(report.requests).toBeGreaterThan(500)
  })

  test('a gigabyte of nothing in a packed file is one line that is too long', async () => {
    const nothing = gzipSync(Buffer.alloc(64_000_000))
    const report = await reportOf('--config', policy, folder.write('bomb.gz', nothing))
    expect(report).toMatchObject({ lines: 1, malformed: { count: 1 }, requests: 0 })
  })
})

describe('formats', () => {
  const common = LOG.map((line) => line.replace(/ "-" ".*"\n$/, '\n')).join('')
  const json = LOG.map((_, at) =>
    JSON.stringify({ remote_addr: '192.0.2.1', request: 'GET /feed HTTP/1.1', http_user_agent: 'a', n: at }),
  ).join('\n')

  test.each([
    ['common', common, [1, 5, 0]],
    ['combined', LOG.join(''), [1, 3, 2]],
    ['json', json, [6, 0, 0]],
  ] as const)('%s is seen by itself, line breaks of Windows included', async (format, text, counts) => {
    const file = folder.write(`${format}.log`, text.replaceAll('\n', '\r\n'))
    const report = await reportOf('--config', policy, file)
    expect(report.logs[0]?.format).toBe(format)
    expect(report.malformed.count).toBe(0)
    expect(countsOf(report)).toEqual(counts)
  })

  test('each of several logs has its own', async () => {
    const files = [
      folder.write('m1.log', common),
      folder.write('m2.log', json),
      folder.write('m3', LOG.join('')),
    ]
    const report = await reportOf('--config', policy, ...files)
    expect(report.logs.map(({ format }) => format)).toEqual(['common', 'json', 'combined'])
    expect(countsOf(report)).toEqual([8, 8, 2])
  })

  test('one that is said is not looked for', async () => {
    const file = folder.write('said.log', LOG.join(''))
    expect(countsOf(await reportOf('--config', policy, '--format', 'common', file))).toEqual([1, 5, 0])
    expect(await reportOf('--config', policy, '--format', 'json', file)).toMatchObject({
      malformed: { count: 6 },
    })
  })
})

describe('what the gateway would believe', () => {
  const trusting = folder.write(
    'trusting.yaml',
    `trusted_proxies: [10.0.0.0/8]
default: ALLOW
bots:
  - {name: net, action: DENY, remote_addresses: [198.51.100.0/24]}
  - {name: header, action: DENY, headers_regex: {Accept-Language: "^de"}}
sites:
  b.example: {default: DENY, bots: []}
`,
  )

  test('X-Forwarded-For where a trusted proxy stands in the log, and nowhere else', async () => {
    const line = (address: string): string => `${combinedLine({ address }).trimEnd()} "198.51.100.9"\n`
    const file = folder.write('proxied.log', line('10.0.0.1') + line('192.0.2.1'))
    const report = await reportOf('--config', trusting, '--quiet', file)
    expect(countsOf(report)).toEqual([1, 0, 1])
    expect(report.policy.close.deny.networks.top).toEqual([{ text: '198.51.100.0/24', count: 1 }])
  })

  test('headers of a JSON log', async () => {
    const line = { remote_addr: '192.0.2.1', method: 'GET', uri: '/', http_accept_language: 'de-AT' }
    const file = folder.write('headers.log', `${JSON.stringify(line)}\n`)
    expect(countsOf(await reportOf('--config', trusting, '--quiet', file))).toEqual([0, 0, 1])
  })

  test('the site of the host in the log, or of --host where there is none', async () => {
    const file = folder.write(
      'hosts.log',
      combinedLine({ host: 'B.example' }) + combinedLine({ host: 'a.example' }),
    )
    expect(countsOf(await reportOf('--config', trusting, '--quiet', file))).toEqual([1, 0, 1])
    const bare = folder.write('bare.log', combinedLine())
    const report = await reportOf('--config', trusting, '--quiet', '--host', 'b.example', bare)
    expect(report.policy.rules).toMatchObject([
      { site: 'b.example', rule: 'default', action: 'deny', count: 1 },
    ])
  })
})

describe('rates', () => {
  const rated = folder.write(
    'rated.yaml',
    `default: ALLOW
bots:
  - {name: many, action: DENY, rate: {count: requests, window: 1m, over: 5}}
  - {name: seeking, action: CHALLENGE, rate: {count: not_found, window: 10m, over: 2}}
`,
  )

  test('count on the clock of the log', async () => {
    const burst = Array.from({ length: 8 }, (_, at) => combinedLine({ at }))
    const slow = Array.from({ length: 8 }, (_, at) => combinedLine({ at: 600 + at * 60 }))
    const file = folder.write('rated.log', [...burst, ...slow].join(''))
    expect(countsOf(await reportOf('--config', rated, '--quiet', file))).toEqual([13, 0, 3])
  })

  test('what the site did not find counts from the next request on', async () => {
    const lines = Array.from({ length: 5 }, (_, at) => combinedLine({ at: at * 60, status: 404 }))
    expect(
      countsOf(await reportOf('--config', rated, '--quiet', folder.write('404.log', lines.join('')))),
    ).toEqual([3, 2, 0])
  })
})

describe('--against', () => {
  const other = folder.write(
    'other.yaml',
    POLICY.replace('action: ALLOW, path_regex: "^/feed"', 'action: CHALLENGE, path_regex: "^/feed"'),
  )
  const log = folder.write('against.log', `${LOG.join('')}${combinedLine({ target: '/feed2', agent: 'x' })}`)

  test('two policies that differ in one rule differ in the requests of that rule alone', async () => {
    const report = await reportOf('--config', policy, '--against', other, log)
    expect(report.changes).toEqual({
      changed: 2,
      others: 0,
      otherRule: 0,
      oneSided: 0,
      changes: [
        {
          before: { action: 'allow', work: 0 },
          after: { action: 'challenge', work: expect.any(Number) as number },
          count: 2,
          samples: [
            expect.objectContaining({
              log,
              line: 1,
              path: '/feed.xml',
              userAgent: BROWSER,
              ruleBefore: 'feeds',
              ruleAfter: 'feeds',
            }),
            expect.objectContaining({ line: 7, path: '/feed2', userAgent: 'x' }),
          ],
        },
      ],
    })
    expect(report.against).toMatchObject({
      config: other,
      actions: { allow: { count: 0 }, challenge: { count: 5 } },
    })
  })

  test('the report for a person lists them, with as many samples as are asked for', async () => {
    const { out } = await replay('--config', policy, '--against', other, '--samples', '1', log)
    expect(out).toContain('2 of 7 requests change\n  ALLOW → CHALLENGE: 2 (28.6 %)\n')
    expect(out).toContain(':1 GET /feed.xml\n')
    expect(out).toContain('feeds → feeds')
    expect(out).not.toContain('/feed2')
  })

  test('each policy believes its own proxies', async () => {
    const rule = 'default: ALLOW\nbots: [{name: net, action: DENY, remote_addresses: [198.51.100.0/24]}]\n'
    const wary = folder.write('wary.yaml', rule)
    const trusting = folder.write('trusting2.yaml', `trusted_proxies: [10.0.0.0/8]\n${rule}`)
    const line = `${combinedLine({ address: '10.0.0.1' }).trimEnd()} "198.51.100.9"\n`
    const file = folder.write('proxied2.log', line)
    const there = await reportOf('--config', wary, '--against', trusting, '--quiet', file)
    expect([countsOf(there), there.against?.actions.deny.count, there.changes?.changed]).toEqual([
      [1, 0, 0],
      1,
      1,
    ])
    const back = await reportOf('--config', trusting, '--against', wary, '--quiet', file)
    expect([countsOf(back), back.against?.actions.allow.count, back.changes?.changed]).toEqual([
      [0, 0, 1],
      1,
      1,
    ])
  })

  test('each policy answers its own paths, and what only one judges is no change', async () => {
    const rule = 'default: DENY\nbots: []\n'
    const here = folder.write('here.yaml', `base_path: /.here\n${rule}`)
    const away = folder.write('away.yaml', `base_path: /.away\n${rule}`)
    const lines = ['/.here/check', '/.away/check', '/.away/assets/x', '/'].map((target) =>
      combinedLine({ target }),
    )
    const file = folder.write('paths.log', lines.join(''))
    const report = await reportOf('--config', here, '--against', away, '--quiet', file)
    expect(report.unasked).toEqual({ bad_request: 0, own_path: 1 })
    expect([countsOf(report), report.against?.actions.deny.count]).toEqual([[0, 0, 3], 2])
    expect(report.changes).toMatchObject({ changed: 0, oneSided: 3 })
    const { out } = await replay('--config', here, '--against', away, '--quiet', file)
    expect(out).toContain('Nothing changes\n  of which only one of the two asks its rules: 3\n')
  })

  test('another price is a change, another name is none', async () => {
    const dearer = folder.write('dearer.yaml', `${POLICY.replace('ai', 'robots')}challenge: {work: 8M}\n`)
    const { out } = await replay('--config', policy, '--against', dearer, log)
    expect(out).toMatch(/CHALLENGE of [\d,]+ hashes → CHALLENGE of 8,000,000 hashes: 3/)
    expect(out).toContain('the same outcome by a rule of another name: 1\n')
  })

  test('a policy against itself changes nothing', async () => {
    expect((await replay('--config', policy, '--against', policy, log)).out).toContain('Nothing changes\n')
  })
})

describe('what a log cannot tell is said', () => {
  test('verdicts that would rest on names', async () => {
    const names = folder.write(
      'names.yaml',
      `default: CHALLENGE
bots:
  - {name: google, action: ALLOW, user_agent_regex: Googlebot, verified: {names: [.googlebot.com]}}
`,
    )
    const file = folder.write('google.log', combinedLine({ agent: 'Googlebot/2.1' }) + combinedLine())
    const report = await reportOf('--config', names, file)
    expect(report.unknown.names).toBe(1)
    expect(report.policy.marks).toMatchObject([{ rule: 'google', what: 'unverified', count: 1 }])
    expect((await replay('--config', names, file)).out).toContain(
      '- 1 verdicts asked for a name of the address',
    )
  })

  test('headers that rules asked for and the log holds nowhere', async () => {
    const picky = folder.write(
      'picky.yaml',
      `default: ALLOW
bots:
  - {name: silent, action: DENY, user_agent_regex: Mozilla, expression: '!("Accept-Language" in headers)'}
  - {name: referred, action: DENY, headers_regex: {Referer: a.example, X-Odd: yes}}
`,
    )
    const line = combinedLine({ agent: 'x' }).replace('"-"', '"https://a.example/"')
    const file = folder.write('picky.log', combinedLine() + combinedLine() + line)
    const kind = await reportOf('--config', picky, '--quiet', file)
    expect(countsOf(kind)).toEqual([3, 0, 0])
    expect(kind.assumed).toMatchObject({ assumption: 'browser', lines: 2 })
    expect(kind.assumed.headers).toContain('accept-language')
    const told = (await replay('--config', picky, '--quiet', file)).out
    expect(told).toContain('of headers only referer, user-agent; what is not assumed was taken as absent.\n')
    expect(told).toContain(
      '- Assumed of 2 lines: the headers their browser sends (not with --assume-headers none).\n',
    )
    expect(told).not.toContain('fares better')
    const absent = ['--config', picky, '--quiet', '--assume-headers', 'none', file]
    const report = await reportOf(...absent)
    expect(countsOf(report)).toEqual([1, 0, 2])
    expect(report.assumed).toEqual({ assumption: 'none', lines: 0, headers: [] })
    expect(report.missedHeaders).toEqual([
      { header: '*', verdicts: 2 },
      { header: 'x-odd', verdicts: 1 },
    ])
    const { out } = await replay(...absent)
    expect(out).not.toContain('Assumed')
    expect(out).toContain('fares better in truth:\n')
    expect(out).toMatch(/\n +2 +any \(an expression that looks at headers\)\n +1 +x-odd\n/)
  })

  test('of a log with all headers nothing is missed', async () => {
    const picky = folder.path('picky.yaml')
    const line = {
      remote_ip: '192.0.2.1',
      request: { method: 'GET', uri: '/', headers: { 'User-Agent': ['Mozilla'] } },
    }
    const file = folder.write('caddy.log', `${JSON.stringify(line)}\n`)
    const report = await reportOf('--config', picky, '--quiet', file)
    expect(countsOf(report)).toEqual([0, 0, 1])
    expect(report).toMatchObject({ allHeaders: true, missedHeaders: [] })
    expect((await replay('--config', picky, '--quiet', file)).out).not.toContain('absent')
  })

  test('with --dns names are looked up, and every verdict still counts once', async () => {
    await using dns = await startDnsServer(({ name, type }) => {
      if (type === 'PTR') return name.startsWith('7.') ? ['crawl-7.googlebot.com'] : []
      return type === 'A' && name === 'crawl-7.googlebot.com' ? ['192.0.2.7'] : []
    })
    const names = folder.write(
      'dns.yaml',
      `default: CHALLENGE
dns: {servers: ["${dns.server}"], timeout: 10s}
bots:
  - {name: google, action: ALLOW, user_agent_regex: Googlebot, verified: {names: [.googlebot.com]}}
`,
    )
    const lines = Array.from({ length: 300 }, (_, at) =>
      combinedLine({
        agent: 'Googlebot/2.1',
        address: `192.0.${2 + (at >> 8)}.${at & 255}`,
        target: `/${at}%20`,
      }),
    )
    const report = await reportOf('--config', names, '--dns', folder.write('dns.log', lines.join('')))
    expect(countsOf(report)).toEqual([1, 299, 0])
    expect(report.unknown.names).toBe(0)
    expect(dns.asked.length).toBeGreaterThan(299)
  })

  test('verdicts that would rest on a list of which there is no copy', async () => {
    const ranges = folder.write('ranges.txt', '192.0.2.0/24\n')
    const listed = folder.write(
      'listed.yaml',
      `default: ALLOW
lists:
  here: {file: ${ranges}}
  away: {url: "https://lists.example/ranges.txt"}
bots:
  - {name: here, action: DENY, list: here}
  - {name: away, action: DENY, list: away}
`,
    )
    const file = folder.write('listed.log', combinedLine() + combinedLine({ address: '203.0.113.1' }))
    const report = await reportOf('--config', listed, '--quiet', file)
    expect(countsOf(report)).toEqual([1, 0, 1])
    expect(report.unknown.lists).toBe(1)
  })
})

describe('the call', () => {
  test('--limit stops early and says so', async () => {
    const file = folder.write('limit.log', LOG.join(''))
    expect(await reportOf('--config', policy, '--limit', '2', file)).toMatchObject({
      lines: 2,
      stopped: 'limit',
    })
    expect((await reportOf('--config', policy, '--limit', '6', file)).stopped).toBeUndefined()
  })

  test.each([
    [['x.log'], '--config is missing'],
    [['--config', 'p.yaml'], 'the log is missing'],
    [['--config', 'p.yaml', '--format', 'csv', 'x.log'], '--format must be auto, common, combined, json'],
    [['--config', 'p.yaml', '--assume-headers', 'all', 'x.log'], '--assume-headers must be browser or none'],
    [['--config', 'p.yaml', '--limit', '0', 'x.log'], '--limit must be a number from 1 on'],
    [['--config', 'p.yaml', '--samples', '1001', 'x.log'], '--samples must be a number from 0 to 1000'],
    [['--config', 'p.yaml', '--formt', 'json', 'x.log'], 'unknown flag --formt; did you mean --format?'],
  ])('%j is refused with one line', async (args, words) => {
    expect(await replay(...args)).toEqual({
      status: 1,
      out: '',
      err: `tollgate replay: ${words} (see tollgate help replay)\n`,
    })
  })

  test('a configuration that is faulty, or a log that is not there, ends it with status 1', async () => {
    const bad = folder.write('bad.yaml', 'bots: [{name: x}]\n')
    const file = folder.write('ok.log', LOG[0]!)
    const faulty = await replay('--config', policy, '--against', bad, file)
    expect(faulty).toMatchObject({ status: 1, out: '' })
    expect(faulty.err).toMatch(/bad\.yaml:1:\d+: /)
    expect(await replay('--config', policy, folder.path('none.log'))).toMatchObject({
      status: 1,
      err: expect.stringContaining('none.log: no such file or directory') as unknown,
    })
  })
})
