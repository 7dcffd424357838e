import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GateEvent } from '../../src/base/event.ts'
import { adminOf, ask, listening, snapshotOf } from './admin-parts.ts'

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'tollgate-admin-'))

test('health, readiness, metrics and the snapshot are answered', async () => {
  let ready = true
  await using admin = await listening({
    ready: () => ({ ready, checks: { config: true, store: ready } }),
    snapshot: () => snapshotOf({ rssBytes: 123 }),
  })
  expect(await ask(admin.address, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' })
  expect((await ask(admin.address, '/readyz')).status).toBe(200)
  ready = false
  const unready = await ask(admin.address, '/readyz')
  expect(unready.status).toBe(503)
  expect(JSON.parse(unready.text)).toEqual({ ready: false, checks: { config: true, store: false } })
  const metrics = await ask(admin.address, '/metrics')
  expect(metrics).toMatchObject({ status: 200, text: 'up 1\n' })
  expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4')
  expect(JSON.parse((await ask(admin.address, '/api/snapshot')).text)).toMatchObject({ rssBytes: 123 })
})

test('every answer forbids caching, framing and foreign scripts', async () => {
  await using admin = await listening()
  for (const path of ['/', '/metrics', '/healthz', '/nothing']) {
    const { headers } = await ask(admin.address, path)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
})

test('HEAD has the head of GET and no body; other methods are refused and told which are not', async () => {
  await using admin = await listening({
    routes: new Map([['POST /api/reload', () => Promise.resolve({ status: 200, json: {} })]]),
  })
  const head = await ask(admin.address, '/healthz', { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, text: '' })
  expect(head.headers['content-length']).toBe('3')
  expect((await ask(admin.address, '/api/events', { method: 'HEAD' })).status).toBe(200)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    for (const path of ['/', '/healthz', '/metrics', '/api/events']) {
      const refused = await ask(admin.address, path, { method })
      expect(refused.status).toBe(405)
      expect(refused.headers.allow).toBe('GET, HEAD')
    }
  }
  const wrong = await ask(admin.address, '/api/reload')
  expect(wrong.status).toBe(405)
  expect(wrong.headers.allow).toBe('POST')
  expect((await ask(admin.address, '/api/nothing', { method: 'POST' })).status).toBe(404)
  expect((await ask(admin.address, '/constructor')).status).toBe(404)
  expect((await ask(admin.address, '/../../etc/passwd')).status).toBe(404)
})

test('an endpoint of another room gets the query and the body, and its value is sent as JSON', async () => {
  await using admin = await listening({
    routes: new Map([
      [
        'POST /api/revoke',
        ({ query, body }) => Promise.resolve({ status: 202, json: { id: query.get('id'), body } }),
      ],
    ]),
  })
  const got = await ask(admin.address, '/api/revoke?id=7', { method: 'POST', body: 'why' })
  expect(got.status).toBe(202)
  expect(JSON.parse(got.text)).toEqual({ id: '7', body: 'why' })
})

test('a body that is too large is refused without being kept', async () => {
  await using admin = await listening({
    routes: new Map([['POST /api/revoke', () => Promise.resolve({ status: 200, json: {} })]]),
  })
  const body = 'x'.repeat(70_000)
  expect((await ask(admin.address, '/api/revoke', { method: 'POST', body })).status).toBe(413)
  expect((await ask(admin.address, '/healthz')).status).toBe(200)
})

test('a part that throws makes a 500 and a notice, and the listener lives on', async () => {
  const events: GateEvent[] = []
  await using admin = await listening({
    snapshot: () => {
      throw new Error('no figures')
    },
    onEvent: (event) => events.push(event),
  })
  expect((await ask(admin.address, '/api/snapshot')).status).toBe(500)
  expect((await ask(admin.address, '/api/events')).status).toBe(500)
  expect(events.map(({ name }) => name)).toEqual(['notice', 'notice'])
  expect((await ask(admin.address, '/healthz')).status).toBe(200)
})

test('nonsense on the wire is answered or dropped, and the listener lives on', async () => {
  await using admin = await listening()
  for (const bytes of [
    '\u0000\u0001\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n`,
  ]) {
    const socket = connect(Number(new URL(admin.address).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write(bytes)
    await once(socket, 'close')
  }
  for (const path of ['/?token=%', '/%00', '/%ff?%', '//evil.example/']) {
    expect((await ask(admin.address, path)).status).toBeLessThan(500)
  }
  expect((await ask(admin.address, '/healthz')).status).toBe(200)
})

test('the built dashboard is served, its assets for ever and nothing beside them', async () => {
  const folder = freshFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>tollgate</title>')
  writeFileSync(join(folder, 'main-ABC.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ index: 'index.html', assets: ['main-ABC.js'] }),
  )
  await using admin = await listening({ dashboard: folder })
  const page = await ask(admin.address, '/')
  expect(page.text).toContain('<title>tollgate</title>')
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  const asset = await ask(admin.address, '/assets/main-ABC.js')
  expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await ask(admin.address, '/assets/secret.txt')).status).toBe(404)
  expect((await ask(admin.address, '/assets/../secret.txt')).status).toBe(404)
})

test('without a built dashboard the page says where the figures are', async () => {
  await using admin = await listening({ dashboard: '/nonexistent' })
  expect((await ask(admin.address, '/')).text).toContain('/metrics')
})

test('a unix socket is served, and taken over from a process that died', async () => {
  const path = join(freshFolder(), 'admin.sock')
  const first = await adminOf().listen({ kind: 'unix', path })
  expect(first.address).toBe(`unix:${path}`)
  expect(statSync(path).mode & 0o007).toBe(0)
  expect((await ask(first.address, '/metrics', { headers: { host: 'anything' } })).status).toBe(200)
  await using second = await adminOf().listen({ kind: 'unix', path })
  expect((await ask(second.address, '/healthz')).status).toBe(200)
  await first[Symbol.asyncDispose]()
})

test('a port in use is a fault of listen, not of the process', async () => {
  await using admin = await listening()
  const port = Number(new URL(admin.address).port)
  await expect(adminOf().listen({ kind: 'tcp', host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('disposing ends open streams and frees the port', async () => {
  const admin = await listening()
  const port = Number(new URL(admin.address).port)
  const stream = await fetch(`${admin.address}/api/events`)
  const ended = stream.text().catch(() => '')
  await admin[Symbol.asyncDispose]()
  expect(await ended).toContain('data: ')
  await using again = await adminOf().listen({ kind: 'tcp', host: '127.0.0.1', port })
  expect((await ask(again.address, '/healthz')).status).toBe(200)
})

test('a body that a form of a foreign page could send is refused, JSON and no body are not', async () => {
  let calls = 0
  await using admin = await listening({
    routes: new Map([
      [
        'POST /api/reload',
        () => {
          calls += 1
          return Promise.resolve({ status: 200, json: {} })
        },
      ],
    ]),
  })
  const statusOf = async (type?: string) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    return (await ask(admin.address, '/api/reload', { method: 'POST', headers })).status
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ])
    expect([type, await statusOf(type)]).toEqual([type, 415])
  expect(calls).toBe(0)
  for (const type of [undefined, 'application/json', 'Application/JSON; charset=utf-8'])
    expect([type, await statusOf(type)]).toEqual([type, 200])
})
