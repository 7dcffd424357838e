import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as send, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { answerOf, ask } from '../gateway/gate.ts'
import { listenOn, until } from '../proxy/wire.ts'
import { tollgate } from './process.ts'

const RELOADS = 50
/** Requests, of which so many may wait for their answers at once. */
const PER_MILLISECOND = 1
const MOST_WAITING = 200
/** Milliseconds until every worker acts on a new rule. */
const IN_FORCE = 1000

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** A site with pages, an echo, and a download that goes on until it is told to end. */
const startSite = async () => {
  const hash = createHash('sha256')
  let download: ServerResponse | undefined
  const feed = (last = false): void => {
    const piece = randomBytes(65_536)
    hash.update(piece)
    if (last) download?.end(piece)
    else download?.write(piece)
  }
  const server = createServer((asked, response) => {
    if (asked.url !== '/download') return void response.end('the site')
    download = response
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    feed()
  })
  const echo = new WebSocketServer({ server })
  echo.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  const port = await listenOn(server)
  return {
    port,
    hash,
    /** Sends some more of the download, or its end. */
    feed,
    async [Symbol.asyncDispose]() {
      for (const client of echo.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const startDownload = (port: number, cookie: string) => {
  const hash = createHash('sha256')
  let begun = false
  const ended = new Promise<string>((resolve, reject) => {
    send({ port, host: '127.0.0.1', path: '/download', headers: { cookie }, agent: false }, (response) => {
      begun = response.statusCode === 200
      response.on('data', (chunk: Buffer) => hash.update(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(hash.digest('hex')))
    })
      .on('error', reject)
      .end()
  })
  return { ended, begun: () => begun }
}

/** A thousand requests a second on kept-alive connections, each of which must be answered by the site. */
const startLoad = (port: number, cookie: string) => {
  const agent = new Agent({ connections: 16 })
  const failures: string[] = []
  let sent = 0
  let answered = 0
  const one = async (): Promise<void> => {
    sent += 1
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/page?${sent}`, {
        dispatcher: agent,
        headers: { cookie },
      })
      if ((await body.text()) !== 'the site') failures.push(`status ${statusCode}`)
    } catch (cause) {
      failures.push(String(cause))
    }
    answered += 1
  }
  const start = performance.now()
  let due = 0
  const timer = setInterval(() => {
    const now = (performance.now() - start) * PER_MILLISECOND
    for (; due < now; due += 1) if (sent - answered < MOST_WAITING) void one()
  }, 5)
  return {
    failures,
    sent: () => sent,
    async stop() {
      clearInterval(timer)
      await until(() => answered === sent)
      await agent.close()
    },
  }
}

type Counters = ReadonlyMap<string, number>

const countersAt = async (admin: string): Promise<Counters> => {
  const text = await (await fetch(`${admin}/metrics`)).text()
  const lines = text.split('\n').filter((line) => /^tollgate_\w+_(?:total|count|sum|bucket)[{ ]/.test(line))
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]))
}

const wentBack = (before: Counters, after: Counters): readonly string[] =>
  [...before].filter(([series, value]) => !((after.get(series) ?? -1) >= value)).map(([series]) => series)

const good = (site: number, n: number): string =>
  [
    'listen: 127.0.0.1:0',
    'workers: 2',
    'admin: { listen: 127.0.0.1:0 }',
    'challenge: { work: 64, puzzles: 4 }',
    'log: { level: warn }',
    `upstream: http://127.0.0.1:${site}`,
    // Now and then the connections to the site are others, too.
    `upstream_timeouts: { connect: ${5 + Math.floor(n / 8)}s }`,
    'bots:',
    `  - { name: mark-${n}, action: DENY, path_regex: ^/mark-${n}$ }`,
    `  - { name: steady, action: DENY, path_regex: ^/steady$ }`,
  ].join('\n')

test(
  'fifty reloads under load, half of them of broken files, and nobody notices',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
    const file = join(folder, 'tollgate.yaml')
    await using site = await startSite()
    // As editors do it: a new file takes the place of the old one.
    const write = (text: string): void => {
      writeFileSync(`${file}.new`, text)
      renameSync(`${file}.new`, file)
    }
    write(good(site.port, 0))
    await using gateway = tollgate('serve', '--config', file)
    const port = Number((await gateway.seen(/site {3}http:\S+:(\d+)/))[1])
    const admin = (await gateway.seen(/admin {2}(http:\S+)/))[1]!
    const host = `127.0.0.1:${port}`
    const challenge = async () =>
      (await ask(port, { path: '/.tollgate/challenge', headers: { host } })).challenge()
    const answer = (body: string) =>
      ask(port, {
        method: 'POST',
        path: '/.tollgate/answer',
        headers: { host, 'content-type': 'application/json' },
        body,
      })
    const reply = await answer(answerOf(await challenge()))
    const cookie = reply.headers['set-cookie']![0]!.split(';')[0]!
    const open = await challenge()

    const download = startDownload(port, cookie)
    await until(download.begun)
    const socket = new WebSocket(`ws://${host}/echo`, { headers: { cookie } })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const load = startLoad(port, cookie)
    const feeding = setInterval(() => site.feed(), 20)

    const actionAt = async (path: string): Promise<string> => {
      const seen = await ask(port, { path, headers: { host } })
      return String(seen.headers['tollgate-action'])
    }
    const reloads = async (result: string): Promise<number> =>
      (await countersAt(admin)).get(`tollgate_config_reload_total{result="${result}"}`) ?? 0
    /** By a request and by a signal in turns; answers as the request does. */
    const reload = async (n: number, result: 'ok' | 'failed'): Promise<number> => {
      if (n % 4 < 2) {
        const told = await fetch(`${admin}/api/reload`, { method: 'POST' })
        return told.status
      }
      const before = await reloads(result)
      gateway.child.kill('SIGHUP')
      while ((await reloads(result)) === before) await pause(5)
      return result === 'ok' ? 200 : 422
    }

    let counters = await countersAt(admin)
    const asked: number[] = []
    let slowest = 0
    let inForce = 0
    for (let n = 1; n <= RELOADS; n += 1) {
      const isGood = n % 2 === 1
      write(isGood ? good(site.port, n) : `${good(site.port, n)}\n  - { name: mark-${n}, action: DENI }\n`)
      const start = performance.now()
      expect(await reload(n, isGood ? 'ok' : 'failed')).toBe(isGood ? 200 : 422)
      const done = performance.now()
      if (isGood) {
        // Both workers answer on this port; each must have the new rule.
        const seen = await Promise.all(Array.from({ length: 8 }, () => actionAt(`/mark-${n}`)))
        asked.push(performance.now() - start)
        slowest = Math.max(slowest, performance.now() - done)
        inForce = seen.every((action) => action === 'deny') ? n : -n
      }
      expect([await actionAt(`/mark-${inForce}`), await actionAt('/steady')]).toEqual(['deny', 'deny'])
      expect(await actionAt(`/mark-${inForce - 2}`)).toBe('challenge')
      const now = await countersAt(admin)
      expect(wentBack(counters, now)).toEqual([])
      counters = now
    }

    clearInterval(feeding)
    await load.stop()
    site.feed(true)
    expect(load.failures).toEqual([])
    expect(load.sent()).toBeGreaterThan(1000)
    expect(await download.ended).toBe(site.hash.digest('hex'))
    const echoed = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    )
    socket.send('still here')
    expect(await echoed).toBe('still here')
    socket.terminate()
    expect((await ask(port, { headers: { host, cookie } })).status).toBe(200)
    expect((await answer(answerOf(open))).status).toBe(204)
    expect([await reloads('ok'), await reloads('failed')]).toEqual([RELOADS / 2, RELOADS / 2])
    expect(gateway.text()).toMatch(/tollgate\.yaml:\d+:\d+: bots\[2\]\.action must be/)
    const requests = [...counters].filter(([series]) => /^tollgate_requests_total.*pass/.test(series))
    expect(requests.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(load.sent() + 10)
    expect(slowest).toBeLessThan(IN_FORCE)
    // From the demand on, reading and compiling included; one of them may meet a busy machine.
    expect(asked.toSorted((a, b) => a - b)[asked.length >> 1]).toBeLessThan(IN_FORCE)
    rmSync(folder, { recursive: true })
  },
)
