import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerOf, ask } from '../gateway/gate.ts'
import { startDnsServer } from '../dns/server.ts'
import { writeMmdb } from '../geo/mmdb-writer.ts'
import { plain, startListServer } from '../lists/list-server.ts'
import { until } from '../proxy/wire.ts'
import { challengeAt, passAt } from './pass.ts'
import { configOf, freshFolder, startTollgate } from './run.ts'

const metricsOf = async (admin: string) => (await fetch(`${admin}/metrics`)).text()

/** One after the other, each on a connection of its own, so that all workers get some. */
const actionsOf = async (port: number, count: number, headers: Record<string, string> = {}) => {
  const actions: string[] = []
  for (let n = 0; n < count; n += 1)
    actions.push(String((await ask(port, { path: `/${n}`, headers })).headers['tollgate-action']))
  return actions
}

const ruleOf = (condition: string, action = 'DENY') =>
  `default: CHALLENGE\nbots: [{ name: asking, action: ${action}, ${condition} }]\n`
const rateOf = (count: string, over: number, more = '') =>
  ruleOf(`rate: { count: ${count}, window: 10m, over: ${over}${more} }`)

describe('rates', () => {
  test('are counted over all workers, and over a reload that asks for the same', async () => {
    await using gate = await startTollgate(rateOf('requests', 10))
    const first = await actionsOf(gate.port, 20)
    expect(first).toEqual([...Array<string>(10).fill('challenge'), ...Array<string>(10).fill('deny')])
    const report = await gate.tollgate.reload(configOf(`${rateOf('requests', 15)}mode: enforce\n`))
    expect(report.ok).toBe(true)
    expect(await actionsOf(gate.port, 1)).toEqual(['deny'])
    const metrics = await metricsOf(gate.admin)
    expect(metrics).toContain('tollgate_rates_entries{table="requests/address/10m"} 1')
  })

  test('of distinct paths, of shown challenges and of wrong answers', async () => {
    await using paths = await startTollgate(rateOf('paths', 5))
    const seen = await actionsOf(paths.port, 12)
    expect([seen.slice(0, 4), seen.slice(8)]).toEqual([Array(4).fill('challenge'), Array(4).fill('deny')])
    await using shown = await startTollgate(rateOf('challenges', 3))
    expect(await actionsOf(shown.port, 6)).toEqual([
      'challenge',
      'challenge',
      'challenge',
      'challenge',
      'deny',
      'deny',
    ])
    await using refused = await startTollgate(rateOf('refused', 1))
    const post = (body: string) =>
      ask(refused.port, {
        method: 'POST',
        path: '/.tollgate/answer',
        headers: { 'content-type': 'application/json' },
        body,
      })
    const challenge = await challengeAt(refused.port)
    expect(await actionsOf(refused.port, 3)).toEqual(['challenge', 'challenge', 'challenge'])
    for (let n = 0; n < 2; n += 1)
      expect((await post(JSON.stringify({ id: challenge.id, nonces: [1, 2, 3, 4] }))).status).toBe(403)
    expect(await actionsOf(refused.port, 1)).toEqual(['deny'])
    expect((await post(answerOf(challenge))).status).toBe(204)
  })

  test('of what the upstream does not have, for each pass', async () => {
    await using gate = await startTollgate(rateOf('not_found', 2, ', per: pass'))
    const [cookie, other] = [await passAt(gate.port), await passAt(gate.port)]
    const statusOf = async (path: string, held: string) =>
      (await ask(gate.port, { path, headers: { cookie: held } })).status
    for (let n = 0; n < 3; n += 1) expect(await statusOf('/favicon.ico', cookie)).toBe(404)
    expect([await statusOf('/', cookie), await statusOf('/', other)]).toEqual([403, 200])
    const name = cookie.split('=')[0]
    expect(await statusOf('/', `${name}=made-up; ${cookie}`), 'a token before it hides no pass').toBe(403)
  })
})

describe('lists', () => {
  test('are asked by every worker from the first request on', async () => {
    await using server = await startListServer()
    server.answer = plain('203.0.113.0/24\n198.51.100.7\n')
    const yaml = `${ruleOf('list: bad')}trusted_proxies: [127.0.0.0/8]\nlists: { bad: { url: ${server.url} } }\n`
    await using gate = await startTollgate(yaml)
    const from = (address: string) => actionsOf(gate.port, 6, { 'x-forwarded-for': address })
    expect(new Set(await from('203.0.113.9'))).toEqual(new Set(['deny']))
    expect(new Set(await from('192.0.2.1'))).toEqual(new Set(['challenge']))
    const metrics = await metricsOf(gate.admin)
    expect(metrics).toContain('tollgate_list_entries{list="bad"} 2')
    expect(metrics).toContain('tollgate_list_fetches_total{list="bad",result="fresh"} 1')
    expect(metrics).toMatch(/^tollgate_list_age_seconds\{list="bad"\} [\d.e-]+$/m)
  })

  test('that come late hold up nobody, and are in force in every worker when they come', async () => {
    await using server = await startListServer()
    let send: (() => void) | undefined
    server.answer = (_, response) => {
      send = () => response.end('127.0.0.1')
    }
    await using gate = await startTollgate(`${ruleOf('list: bad')}lists: { bad: { url: ${server.url} } }\n`)
    expect(new Set(await actionsOf(gate.port, 6))).toEqual(new Set(['challenge']))
    send!()
    while (!(await metricsOf(gate.admin)).includes('tollgate_list_entries{list="bad"} 1'));
    expect(new Set(await actionsOf(gate.port, 6))).toEqual(new Set(['deny']))
  })

  test('that a reload names are in force with it, and those that it does not are forgotten', async () => {
    await using server = await startListServer()
    server.answer = plain('127.0.0.1\n')
    await using gate = await startTollgate()
    const report = await gate.tollgate.reload(
      configOf(`${ruleOf('list: bad')}lists: { bad: { url: ${server.url} } }\n`),
    )
    expect(report.changes).toContain('rule added: asking (last)')
    expect(new Set(await actionsOf(gate.port, 6))).toEqual(new Set(['deny']))
    await gate.tollgate.reload(configOf(''))
    expect(await metricsOf(gate.admin)).not.toContain('list="bad"')
  })

  test('of a reload that fails are not kept', async () => {
    await using server = await startListServer()
    server.answer = plain('127.0.0.1\n')
    await using gate = await startTollgate()
    const bad = configOf(
      `lists: { bad: { url: ${server.url} } }\nlog: { file: /nowhere/at/all.log }\nmode: observe\n`,
    )
    expect((await gate.tollgate.reload(bad)).ok).toBe(false)
    expect(await metricsOf(gate.admin)).not.toContain('list="bad"')
  })
})

describe('databases', () => {
  const write = (file: string, country: string): void =>
    writeFileSync(file, writeMmdb({ records: { '203.0.113.0/24': { country: { iso_code: country } } } }))

  test('are asked by every worker; another file in its place counts after a reload', async () => {
    const file = join(freshFolder(), 'country.mmdb')
    write(file, 'NO')
    const yaml = `${ruleOf('geoip: { countries: [no] }')}trusted_proxies: [127.0.0.0/8]\ndatabases: { country: ${file} }\n`
    await using gate = await startTollgate(yaml)
    const here = () => actionsOf(gate.port, 6, { 'x-forwarded-for': '203.0.113.9' })
    expect(new Set(await here())).toEqual(new Set(['deny']))
    write(file, 'SE')
    expect((await gate.tollgate.reload(configOf(`${yaml}mode: enforce\n`))).ok).toBe(true)
    expect(new Set(await here())).toEqual(new Set(['challenge']))
    rmSync(file)
    const gone = await gate.tollgate.reload(configOf(`${yaml}mode: observe\n`))
    expect(gone.faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^databases\.country cannot be read \(ENOENT\)/),
    ])
    expect(new Set(await here())).toEqual(new Set(['challenge']))
  })

  test('that cannot be read at the start are a fault in one line', async () => {
    await expect(startTollgate('databases: { asn: /nowhere/asn.mmdb }')).rejects.toThrow(
      /^databases\.asn cannot be read \(ENOENT\): \/nowhere\/asn\.mmdb$/,
    )
  })
})

test('names are looked up where the configuration says', async () => {
  await using server = await startDnsServer(({ name, type }) => {
    if (type === 'PTR') return ['crawl.bot.test']
    return name === 'crawl.bot.test' && type === 'A' ? ['203.0.113.9'] : []
  })
  await using gate = await startTollgate(
    `${ruleOf('verified: { names: [.bot.test] }', 'ALLOW')}trusted_proxies: [127.0.0.0/8]\ndns: { servers: ["${server.server}"] }\n`,
  )
  const statusOf = async (address: string) =>
    (await ask(gate.port, { headers: { 'x-forwarded-for': address } })).status
  expect([await statusOf('203.0.113.9'), await statusOf('203.0.113.10')]).toEqual([200, 403])
  const metrics = await metricsOf(gate.admin)
  expect(metrics).toContain('tollgate_rule_results_total{site="default",rule="asking",result="unverified"} 1')
})

test('a rule that is only observed is counted, and the log says what it would have done', async () => {
  const log = join(freshFolder(), 'gate.log')
  await using gate = await startTollgate(
    `log: { file: ${log} }\nbots:\n  - { name: trial, action: DENY, path_regex: ^/, mode: observe }\n` +
      `  - { name: heavy, action: WEIGH, path_regex: ^/, weight: { adjust: 7 } }\n`,
  )
  const shown = await ask(gate.port)
  const cookie = await passAt(gate.port)
  expect((await ask(gate.port, { path: '/held', headers: { cookie } })).status).toBe(200)
  const found = await fetch(`${gate.admin}/api/find?reference=${String(shown.headers['tollgate-reference'])}`)
  expect(await found.json()).toMatchObject({ action: 'challenge', rule: 'default', weight: 7 })
  const metrics = await metricsOf(gate.admin)
  expect(metrics).toContain('tollgate_rule_results_total{site="default",rule="trial",result="observed"} 2')
  expect(metrics).toContain('tollgate_rule_results_total{site="default",rule="heavy",result="weighed"} 2')
  await until(() => readFileSync(log, 'utf8').includes('/held'))
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"would"'))
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { action: 'challenge', weight: 7, would: 'deny by trial' },
    { action: 'pass', weight: 7, would: 'deny by trial', target: '/held' },
  ])
})
