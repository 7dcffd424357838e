import { readFileSync, statSync } from 'node:fs'
import { createServer, request as send } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ChallengeJson } from '../../src/protocol.ts'
import { answerOf, ask, NAVIGATION } from '../gateway/gate.ts'
import { bodyOf, converse, listenOn, requestText, statusOf, until } from '../proxy/wire.ts'
import { configOf, freshFolder, startTollgate } from './run.ts'

const challengeAt = async (port: number) => (await ask(port, { path: '/.tollgate/challenge' })).challenge()
const postAt = (port: number, body: string, headers: Record<string, string> = {}) =>
  ask(port, {
    method: 'POST',
    path: '/.tollgate/answer',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
const cookieIn = (headers: { readonly 'set-cookie'?: readonly string[] | undefined }): string =>
  headers['set-cookie']![0]!.split(';')[0]!
const passAt = async (port: number): Promise<string> =>
  cookieIn((await postAt(port, answerOf(await challengeAt(port)))).headers)

/** True when a connection can still be opened. */
const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => probe.destroy())
    probe.on('error', () => resolve(false))
    probe.on('close', () => resolve(true))
  })

interface WorkerLine {
  readonly worker: number
  readonly state: string
  readonly restarts: number
  readonly requests: number
}
const workersOf = async (admin: string): Promise<readonly WorkerLine[]> => {
  const response = await fetch(`${admin}/api/snapshot`)
  return ((await response.json()) as { readonly workers: readonly WorkerLine[] }).workers
}

describe('with several workers', () => {
  test('each takes its share, and all know one another’s challenges and passes', async () => {
    await using gate = await startTollgate()
    const cookie = await passAt(gate.port)
    for (let i = 0; i < 60; i++)
      expect((await ask(gate.port, { path: `/${i}`, headers: { cookie } })).status).toBe(200)
    for (let i = 0; i < 30; i++) expect(await passAt(gate.port)).toMatch(/^tollgate-pass=/)
    const lines = await workersOf(gate.admin)
    expect(lines.map(({ worker }) => worker)).toEqual([0, 1])
    for (const { requests } of lines) expect(requests).toBeGreaterThan(5)
  })

  test('fifty answers at once from one browser over as many connections are one pass', async () => {
    await using gate = await startTollgate()
    const body = answerOf(await challengeAt(gate.port))
    const replies = await Promise.all(Array.from({ length: 50 }, () => postAt(gate.port, body)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([204]))
    const ids = replies.map(({ headers }) => decodeJwt(cookieIn(headers).split('=')[1]!).jti)
    expect(new Set(ids).size).toBe(1)
  })

  test('fifty answers at once from fifty browsers are one pass and 403 for the others', async () => {
    await using gate = await startTollgate()
    const body = answerOf(await challengeAt(gate.port))
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => postAt(gate.port, body, { 'user-agent': `browser ${i}` })),
    )
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 403)).toHaveLength(49)
  })

  test('one that dies is replaced, and no pass and no open challenge is lost with it', async () => {
    await using gate = await startTollgate()
    const cookie = await passAt(gate.port)
    const open = await Promise.all(Array.from({ length: 8 }, () => challengeAt(gate.port)))
    const spent = answerOf(open[0]!)
    await postAt(gate.port, spent, { 'user-agent': 'first' })
    const before = gate.workers.length
    expect(before).toBe(2)
    await Promise.all(gate.workers.map((worker) => worker.terminate()))
    await until(() => gate.workers.length === before + 2)
    let lines = await workersOf(gate.admin)
    while (lines.some(({ state }) => state !== 'ready')) lines = await workersOf(gate.admin)
    expect(lines.map(({ restarts }) => restarts)).toEqual([1, 1])
    expect((await ask(gate.port, { headers: { cookie } })).status).toBe(200)
    for (const challenge of open.slice(1))
      expect((await postAt(gate.port, answerOf(challenge))).status).toBe(204)
    expect((await postAt(gate.port, spent, { 'user-agent': 'second' })).status).toBe(403)
  })

  test('one that ends in the middle of its work takes only itself down', async () => {
    await using gate = await startTollgate()
    const [first] = gate.workers
    const ended = new Promise((resolve) => first!.once('exit', resolve))
    void first!.terminate()
    await ended
    const cookie = await passAt(gate.port)
    for (let i = 0; i < 10; i++) expect((await ask(gate.port, { headers: { cookie } })).status).toBe(200)
    expect((await fetch(`${gate.admin}/healthz`)).status).toBe(200)
  })
})

describe('starting', () => {
  test('on a port in use fails with one line, and leaves nothing behind', async () => {
    const taken = createTcpServer()
    const port = await listenOn(taken)
    const start = startTollgate(`listen: 127.0.0.1:${port}`)
    await expect(start).rejects.toThrow(/EADDRINUSE/)
    const fault = await start.catch((error: unknown) => error)
    expect((fault as Error).message.split('\n')).toHaveLength(1)
    await new Promise((resolve) => taken.close(resolve))
    await using gate = await startTollgate(`listen: 127.0.0.1:${port}`)
    expect(gate.port).toBe(port)
  })

  test('on a port that another of its kind shares fails as well', async () => {
    await using first = await startTollgate()
    await expect(startTollgate(`listen: 127.0.0.1:${first.port}`)).rejects.toThrow(/EADDRINUSE/)
    expect((await ask(first.port, { headers: NAVIGATION })).status).toBe(403)
  })

  test('on an address that is not here fails with one line', async () => {
    await expect(startTollgate('listen: 203.0.113.1:0')).rejects.toThrow(/EADDRNOTAVAIL/)
  })

  test('with an admin port in use fails', async () => {
    const taken = createTcpServer()
    const port = await listenOn(taken)
    await expect(startTollgate(`admin: { listen: "127.0.0.1:${port}" }`)).rejects.toThrow(/EADDRINUSE/)
    await new Promise((resolve) => taken.close(resolve))
  })

  test('with a key file that cannot be read fails', async () => {
    await expect(startTollgate('pass: { key_file: /nowhere/pass.pem }')).rejects.toThrow(/ENOENT/)
  })
})

test('a key file is written for its owner alone, and passes outlive the process', async () => {
  const file = join(freshFolder(), 'pass.pem')
  let cookie = ''
  let open: ChallengeJson
  {
    await using gate = await startTollgate(`pass: { key_file: ${file} }`)
    cookie = await passAt(gate.port)
    open = await challengeAt(gate.port)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
  const pem = readFileSync(file, 'utf8')
  await using gate = await startTollgate(`pass: { key_file: ${file} }`)
  expect((await ask(gate.port, { headers: { cookie } })).status).toBe(200)
  expect((await postAt(gate.port, answerOf(open))).status).toBe(204)
  expect(readFileSync(file, 'utf8')).toBe(pem)
})

test('without a key file a pass ends with the process', async () => {
  let cookie = ''
  {
    await using gate = await startTollgate()
    cookie = await passAt(gate.port)
  }
  await using gate = await startTollgate()
  expect((await ask(gate.port, { headers: { cookie } })).status).toBe(403)
})

test('draining stops accepting, finishes what runs and then ends', async () => {
  let release: (() => void) | undefined
  const site = createServer((_, response) => {
    response.write('begun ')
    release = () => response.end('and done')
  })
  const upstream = await listenOn(site)
  await using gate = await startTollgate(`upstream: http://127.0.0.1:${upstream}\ndefault: ALLOW`)
  const running = converse(gate.port, requestText('GET /slow'))
  await until(() => release !== undefined)
  let ended = false
  const draining = gate.tollgate.drain().then(() => (ended = true))
  while (await accepts(gate.port));
  expect(ended).toBe(false)
  release!()
  const { text, broken } = await running
  expect(broken).toBe(false)
  expect(statusOf(text)).toBe(200)
  expect(bodyOf(text)).toContain('and done')
  await draining
  expect(ended).toBe(true)
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

test('draining ends at its deadline, whatever still runs', async () => {
  let asked = false
  const site = createServer(() => (asked = true))
  const upstream = await listenOn(site)
  await using gate = await startTollgate(
    `upstream: http://127.0.0.1:${upstream}\ndefault: ALLOW\ndrain_timeout: 50ms`,
  )
  const running = converse(gate.port, requestText('GET /for-ever'))
  await until(() => asked)
  await gate.tollgate.drain()
  expect((await running).text).toBe('')
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

test('a unix socket is a listener too, and one that was left behind is taken over', async () => {
  const path = join(freshFolder(), 'gate.sock')
  const get = () =>
    new Promise<number>((resolve, reject) => {
      const options = { socketPath: path, path: '/', headers: { host: 'site.test' }, agent: false as const }
      send(options, (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end()
    })
  {
    await using gate = await startTollgate(`listen: unix:${path}`)
    expect(gate.tollgate.addresses).toEqual([{ kind: 'unix', path }])
    expect(await get()).toBe(403)
    await expect(startTollgate(`listen: unix:${path}`)).rejects.toThrow(/EADDRINUSE/)
    expect(await get()).toBe(403)
  }
  await using gate = await startTollgate(`listen: [unix:${path}, "127.0.0.1:0"]`)
  expect(await get()).toBe(403)
  expect((await ask(gate.port, { headers: NAVIGATION })).status).toBe(403)
})

test('the demo site stands behind it when no upstream is named', async () => {
  await using gate = await startTollgate()
  expect(gate.tollgate.demo).toBe(true)
  const cookie = await passAt(gate.port)
  expect((await ask(gate.port, { headers: { cookie, ...NAVIGATION } })).text).toContain('You are in.')
})

test('the configuration of these tests is what it says', () => {
  expect(configOf('workers: 1').workers).toBe(1)
})
