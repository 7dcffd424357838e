import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { answerOf, ask, startSite } from '../gateway/gate.ts'
import { until } from '../proxy/wire.ts'
import { challengeAt, passAt } from './pass.ts'
import { configOf, freshFolder, startTollgate } from './run.ts'

const RULE = 'bots: [{ name: closed, action: DENY, path_regex: ^/closed }]\n'

const actionsAt = async (port: number, path: string, host = 'site.test') => {
  const asked = Array.from({ length: 12 }, () => ask(port, { path, headers: { host } }))
  return [...new Set((await Promise.all(asked)).map(({ headers }) => headers['tollgate-action']))]
}
const metricsOf = async (admin: string) => (await fetch(`${admin}/metrics`)).text()

describe('a reload', () => {
  test('is in force in all workers when it answers, and tells what is different', async () => {
    await using gate = await startTollgate()
    expect(await actionsAt(gate.port, '/closed')).toEqual(['challenge'])
    expect(await gate.tollgate.reload(configOf(RULE))).toMatchObject({
      ok: true,
      changes: ['rule added: closed (last)', expect.stringMatching(/^log\.file: /) as unknown],
      needsRestart: [],
      faults: [],
    })
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
    expect(await metricsOf(gate.admin)).toContain('tollgate_config_reload_total{result="ok"} 1')
  })

  test('keeps passes, open challenges and what is spent', async () => {
    await using gate = await startTollgate()
    const cookie = await passAt(gate.port)
    const [open, spent] = [await challengeAt(gate.port), await challengeAt(gate.port)]
    const post = (body: string, agent: string) =>
      ask(gate.port, {
        method: 'POST',
        path: '/.tollgate/answer',
        headers: { 'content-type': 'application/json', 'user-agent': agent },
        body,
      })
    expect((await post(answerOf(spent), 'first')).status).toBe(204)
    await gate.tollgate.reload(configOf('pass: { ttl: 1h }\nchallenge: { work: 64, puzzles: 4, ttl: 1h }\n'))
    expect((await ask(gate.port, { headers: { cookie } })).status).toBe(200)
    expect((await post(answerOf(open), 'first')).status).toBe(204)
    expect((await post(answerOf(spent), 'second')).status).toBe(403)
  })

  test('changes the upstream, to one and back to the demo site', async () => {
    await using site = await startSite()
    await using gate = await startTollgate('default: ALLOW\n')
    const text = async () => (await ask(gate.port)).text
    expect(await text()).toContain('You are in.')
    await gate.tollgate.reload(configOf(`default: ALLOW\nupstream: http://127.0.0.1:${site.port}\n`))
    expect(await text()).toBe('the site')
    await gate.tollgate.reload(configOf('default: ALLOW\n'))
    expect(await text()).toContain('You are in.')
  })

  test('names what only a restart can change, and puts the rest in force', async () => {
    await using gate = await startTollgate()
    const report = await gate.tollgate.reload(configOf(`${RULE}workers: 5\nstore: { capacity: 7 }\n`))
    expect(report.needsRestart).toEqual(['store.capacity: 1000 → 7', 'workers: 2 → 5'])
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
    expect(gate.workers).toHaveLength(2)
  })

  test('that cannot be carried out changes nothing at all', async () => {
    await using gate = await startTollgate()
    const report = await gate.tollgate.reload(configOf(`${RULE}log: { file: /nowhere/at/all.log }\n`))
    expect(report).toMatchObject({ ok: false, changes: [] })
    expect(report.faults[0]?.message).toContain('/nowhere/at/all.log')
    expect(await actionsAt(gate.port, '/closed')).toEqual(['challenge'])
    expect(await metricsOf(gate.admin)).toContain('tollgate_config_reload_total{result="failed"} 1')
    expect((await gate.tollgate.reload(configOf(RULE))).ok).toBe(true)
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
  })

  test('is what a worker starts with that takes the place of a dead one', async () => {
    await using gate = await startTollgate()
    await gate.tollgate.reload(configOf(RULE))
    await Promise.all(gate.workers.map((worker) => worker.terminate()))
    await until(() => gate.workers.length === 4)
    const states = async (): Promise<string> => {
      const seen = (await (await fetch(`${gate.admin}/api/snapshot`)).json()) as {
        readonly workers: readonly { readonly state: string }[]
      }
      return seen.workers.map(({ state }) => state).join()
    }
    while ((await states()) !== 'ready,ready');
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
  })

  test('in the middle of which a worker dies is in force in its successor, too', async () => {
    await using gate = await startTollgate()
    const report = gate.tollgate.reload(configOf(RULE))
    await gate.workers[0]!.terminate()
    expect((await report).ok).toBe(true)
    await until(() => gate.workers.length === 3)
    while (!(await metricsOf(gate.admin)).includes('tollgate_workers{state="ready"} 2'));
    for (let tries = 0; tries < 3; tries += 1) expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
  })

  test('while another runs waits for it; of many the last one wins', async () => {
    await using gate = await startTollgate()
    const ruleOf = (n: number) => configOf(`bots: [{ name: r${n}, action: DENY, path_regex: ^/r${n}$ }]\n`)
    const reports = await Promise.all(Array.from({ length: 10 }, (_, n) => gate.tollgate.reload(ruleOf(n))))
    expect(reports.every(({ ok }) => ok)).toBe(true)
    expect(await actionsAt(gate.port, '/r9')).toEqual(['deny'])
    expect(await actionsAt(gate.port, '/r8')).toEqual(['challenge'])
    expect(await metricsOf(gate.admin)).toContain('tollgate_config_reload_total{result="ok"} 2')
  })
})

describe('the source of a configuration', () => {
  const startWith = async (text: string) => {
    const file = join(freshFolder(), 'tollgate.yaml')
    const log = join(freshFolder(), 'gate.log')
    const write = (rules: string): void =>
      writeFileSync(
        file,
        `listen: 127.0.0.1:0\nworkers: 2\nadmin: { listen: "127.0.0.1:0" }\nstore: { capacity: 1000 }\n` +
          `challenge: { work: 64, puzzles: 4 }\nlog: { file: ${log} }\n${rules}`,
      )
    write(text)
    const load = () => loadConfig({ file, env: {} })
    const gate = await startTollgate(readFileSync(file, 'utf8'), { files: [file], load })
    return { gate, file, write, log: () => readFileSync(log, 'utf8') }
  }
  const post = (admin: string) => fetch(`${admin}/api/reload`, { method: 'POST' })

  test('is read again by POST /api/reload, and a bad one is told with its place', async () => {
    const { gate, file, write, log } = await startWith('')
    await using _ = gate
    write(RULE)
    const good = await post(gate.admin)
    expect([good.status, await good.json()]).toMatchObject([
      200,
      { ok: true, changes: ['rule added: closed (last)'] },
    ])
    write(RULE.replace('DENY', 'DENI'))
    const bad = await post(gate.admin)
    expect([bad.status, await bad.json()]).toMatchObject([422, { ok: false, faults: [{ file, line: 7 }] }])
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
    await until(() => log().includes(`${file}:7:`))
  })

  test('is watched on demand: a change is in force, a touch is nothing, a new file in its place counts', async () => {
    const { gate, file, write, log } = await startWith('reload: { watch: true }\n')
    await using _ = gate
    const told = () => log().split('"configuration reloaded"').length - 1
    write(`reload: { watch: true }\n${RULE}`)
    await until(() => told() === 1)
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
    utimesSync(file, new Date(), new Date())
    writeFileSync(`${file}.new`, readFileSync(file, 'utf8').replace('^/closed', '^/other'))
    renameSync(`${file}.new`, file)
    await until(() => told() === 2)
    expect(await actionsAt(gate.port, '/other')).toEqual(['deny'])
    write('reload: { watch: false }\n')
    await until(() => told() === 3)
    write(RULE)
    expect((await post(gate.admin)).status).toBe(200)
    await until(() => told() === 4)
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
  })

  test('that is not there any more changes nothing', async () => {
    const { gate, file } = await startWith(RULE)
    await using _ = gate
    renameSync(file, `${file}.gone`)
    expect((await post(gate.admin)).status).toBe(422)
    expect(await actionsAt(gate.port, '/closed')).toEqual(['deny'])
  })
})

describe('sites', () => {
  test('have rules, upstreams, modes and statuses of their own, chosen by the host', async () => {
    await using one = await startSite()
    await using two = await startSite()
    await using gate = await startTollgate(
      `upstream: http://127.0.0.1:${one.port}
default: ALLOW
sites:
  closed.test: { default: DENY, status_codes: { DENY: 451 } }
  "*.other.test": { upstream: "http://127.0.0.1:${two.port}" }
  watched.test: { default: DENY, mode: observe }
  asked.test: { default: CHALLENGE, challenge: { work: 128 } }
`,
    )
    const at = (host: string) => ask(gate.port, { headers: { host } })
    expect((await at('any.test')).status).toBe(200)
    expect((await at('CLOSED.test.:8080')).status).toBe(451)
    expect((await at('a.other.test')).status).toBe(200)
    expect((await at('watched.test')).status).toBe(200)
    expect([one.seen.length, two.seen.length]).toEqual([2, 1])
    expect((await at('asked.test')).status).toBe(403)
    expect(await challengeAt(gate.port, { host: 'asked.test' })).toMatchObject({
      target: 4 * (2 ** 32 / 128),
    })
    const cookie = await passAt(gate.port, { host: 'asked.test' })
    expect((await ask(gate.port, { headers: { host: 'asked.test', cookie } })).status).toBe(200)
    const metrics = await metricsOf(gate.admin)
    for (const line of [
      'tollgate_requests_total{site="default",action="allow",rule="default"} 1',
      'tollgate_requests_total{site="closed.test",action="deny",rule="default"} 1',
      'tollgate_requests_total{site="*.other.test",action="allow",rule="default"} 1',
      'tollgate_requests_total{site="watched.test",action="deny",rule="default"} 1',
      'tollgate_requests_total{site="asked.test",action="pass",rule="default"} 1',
    ])
      expect(metrics).toContain(line)
  })
})

test('a reference on a page is found by the operator, whichever worker showed it', async () => {
  await using gate = await startTollgate(`${RULE}upstream: http://127.0.0.1:1\n`)
  for (let n = 0; n < 8; n += 1) {
    const shown = await ask(gate.port, { path: `/closed?${n}`, headers: { 'user-agent': 'curl/8' } })
    const reference = String(shown.headers['tollgate-reference'])
    const found = await fetch(`${gate.admin}/api/find?reference=${reference}`)
    expect([found.status, await found.json()]).toMatchObject([
      200,
      {
        reference,
        action: 'deny',
        rule: 'closed',
        target: `/closed?${n}`,
        userAgent: 'curl/8',
        site: 'default',
      },
    ])
  }
  const cookie = await passAt(gate.port)
  const fault = await ask(gate.port, { headers: { cookie } })
  expect(fault.status).toBe(502)
  const found = await fetch(`${gate.admin}/api/find?reference=${String(fault.headers['tollgate-reference'])}`)
  expect(await found.json()).toMatchObject({ action: 'fault', code: 'upstream_unreachable' })
  for (const query of ['?reference=000000000000', '?reference=', '', '?reference=../..'])
    expect((await fetch(`${gate.admin}/api/find${query}`)).status).toBe(404)
})
