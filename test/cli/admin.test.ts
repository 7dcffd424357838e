import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Command } from '../../src/cli/command.ts'
import { findCommand } from '../../src/cli/find.ts'
import { reloadCommand } from '../../src/cli/reload.ts'
import { revokeCommand } from '../../src/cli/revoke.ts'
import { listenOn } from '../proxy/wire.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** An admin listener that gives one answer and remembers what it was asked. */
const startAdmin = async (status: number, json: unknown, path?: string) => {
  const asked: { line: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof json === 'string' ? json : JSON.stringify(json))
    })
  })
  const port = await listenOn(server, path)
  return {
    url: path === undefined ? `http://127.0.0.1:${port}` : `unix:${path}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const run = async (command: Command, ...args: string[]) => {
  const { io, written } = captureIo()
  return { status: await command.run(args, io), ...written }
}

const REPORT = { ok: true, changes: [], needsRestart: [], faults: [], warnings: [] }
const FOUND = {
  time: 1_700_000_000_000,
  reference: 'a1b2c3d4e5f6',
  site: 'default',
  action: 'deny',
  rule: 'bad',
  weight: 12,
  level: 0,
  observed: false,
  code: '',
  address: '192.0.2.7',
  method: 'GET',
  host: 'a.test',
  target: '/x',
  userAgent: 'evil\u001b[2J\u202e',
}

describe('reload', () => {
  test('prints what is different and what waits for a restart', async () => {
    const report = { ...REPORT, changes: ['rule added: a (last)'], needsRestart: ['workers: 1 → 2'] }
    await using admin = await startAdmin(200, report)
    expect(await run(reloadCommand, '--admin', admin.url)).toEqual({
      status: 0,
      out: 'rule added: a (last)\nneeds a restart: workers: 1 → 2\n',
      err: '',
    })
    expect(admin.asked).toMatchObject([
      { line: 'POST /api/reload', headers: { 'content-type': 'application/json' } },
    ])
  })

  test('says so when nothing is different', async () => {
    await using admin = await startAdmin(200, REPORT)
    expect(await run(reloadCommand, '--admin', admin.url)).toMatchObject({ out: 'nothing is different\n' })
  })

  test('prints the faults of a bad file with their places', async () => {
    const faults = [{ file: 'a.yaml', line: 3, column: 7, message: 'no' }]
    await using admin = await startAdmin(422, { ...REPORT, ok: false, faults })
    expect(await run(reloadCommand, '--admin', admin.url)).toEqual({
      status: 1,
      out: '',
      err: 'a.yaml:3:7: no\nnothing has changed\n',
    })
  })

  test('shows the token of a file, over a unix socket as well', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, 'secret\n')
    await using admin = await startAdmin(200, REPORT, join(folder, 'admin.sock'))
    const { status } = await run(reloadCommand, '--admin', admin.url, '--token-file', file)
    expect([status, admin.asked[0]?.headers.authorization]).toEqual([0, 'Bearer secret'])
  })

  test.each([
    [401, '{}', /it may need --token-file/],
    [500, '{}', /status 500/],
    [200, '<html>', /status 200/],
  ])('of a listener that answers %i %s fails with one line', async (code, body, words) => {
    await using admin = await startAdmin(code, body)
    const { status, out, err } = await run(reloadCommand, '--admin', admin.url)
    expect([status, out, err.split('\n').length]).toEqual([1, '', 2])
    expect(err).toMatch(words)
  })

  test.each([
    [['--admin', 'http://127.0.0.1:1'], /connection refused/],
    [['--admin', 'ftp://x'], /must be an http/],
    [['--token-file', '/nowhere'], /\/nowhere: no such file/],
    [['extra'], /too many arguments/],
  ])('%j fails with one line', async (args, words) => {
    const { status, err } = await run(reloadCommand, ...args)
    expect(status).toBe(1)
    expect(err).toMatch(words)
  })
})

describe('revoke', () => {
  test.each([
    ['tollgate-pass=a.b.c', { pass: 'tollgate-pass=a.b.c' }],
    ['AAAAAAAAAAAAAAAAAAAAAA', { id: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('sends %s as what it is', async (text, body) => {
    await using admin = await startAdmin(200, { id: 'AAAA', until: 1_700_000_000_000 })
    expect(await run(revokeCommand, text, '--admin', admin.url)).toEqual({
      status: 0,
      out: 'AAAA is revoked until 2023-11-14T22:13:20.000Z\n',
      err: '',
    })
    expect(admin.asked).toMatchObject([{ line: 'POST /api/revoke', body: JSON.stringify(body) }])
  })

  test('says why it was not', async () => {
    await using admin = await startAdmin(422, { fault: 'the pass has expired already' })
    expect(await run(revokeCommand, 'a.b.c', '--admin', admin.url)).toEqual({
      status: 1,
      out: '',
      err: 'tollgate revoke: the pass has expired already\n',
    })
  })
})

describe('find', () => {
  test('prints what is remembered, and nothing that drives a terminal', async () => {
    await using admin = await startAdmin(200, FOUND)
    const { status, out } = await run(findCommand, 'a1b2c3d4e5f6', '--admin', admin.url)
    expect(status).toBe(0)
    expect(admin.asked[0]?.line).toBe('GET /api/find?reference=a1b2c3d4e5f6')
    expect(out.split('\n')).toEqual([
      'reference   a1b2c3d4e5f6',
      'time        2023-11-14T22:13:20.000Z',
      'outcome     refused',
      'rule        bad',
      'weight      12',
      'site        default',
      'address     "192.0.2.7"',
      'request     "GET /x"',
      'host        "a.test"',
      'user agent  "evil\\u001b[2J\uFFFD"',
      '',
    ])
  })

  test('--json prints it as it is', async () => {
    await using admin = await startAdmin(200, FOUND)
    const { out } = await run(findCommand, 'a1b2c3d4e5f6', '--admin', admin.url, '--json')
    expect(JSON.parse(out)).toEqual(FOUND)
  })

  test('of an unknown reference ends with 1', async () => {
    await using admin = await startAdmin(404, { fault: 'no' })
    expect(await run(findCommand, '000000000000', '--admin', admin.url)).toEqual({
      status: 1,
      out: '',
      err: 'tollgate find: nothing is remembered of "000000000000"\n',
    })
  })
})
