import { expect, test } from 'vitest'
import { createAdminGuard } from '../../src/observe/admin-guard.ts'
import { ask, listening } from './admin-parts.ts'

const TOKEN = 'correct horse battery staple'
const statusOf = async (address: string, path: string, headers: Record<string, string>, method = 'GET') =>
  (await ask(address, path, { headers, method })).status

test('without a token only loopback names are answered, whatever points here', async () => {
  await using admin = await listening()
  for (const host of ['127.0.0.1:9090', 'localhost', 'LOCALHOST:1', '[::1]:9090', '127.1.2.3']) {
    expect(await statusOf(admin.address, '/metrics', { host })).toBe(200)
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:9090', '10.0.0.1']) {
    expect(await statusOf(admin.address, '/metrics', { host })).toBe(403)
    expect(await statusOf(admin.address, '/', { host })).toBe(403)
    expect(await statusOf(admin.address, '/healthz', { host })).toBe(200)
    expect(await statusOf(admin.address, '/readyz', { host })).toBe(200)
  }
})

test('without a token another machine is refused even when it claims a loopback name', () => {
  const guard = createAdminGuard(undefined)
  const nameless = { headers: {}, method: 'GET', url: '/', socket: { remoteAddress: '127.0.0.1' } }
  expect(guard.admit(nameless).admitted).toBe(false)
  const from = (remoteAddress: string) =>
    guard.admit({ headers: { host: 'localhost' }, method: 'GET', url: '/', socket: { remoteAddress } })
      .admitted
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(from)).toEqual([true, true, true])
  expect(['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '1270::1'].map(from)).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('a page of another site can neither change anything nor read the stream', async () => {
  await using admin = await listening({
    routes: new Map([['POST /api/reload', () => Promise.resolve({ status: 200, json: {} })]]),
  })
  const { host } = new URL(admin.address)
  const post = (headers: Record<string, string>) =>
    statusOf(admin.address, '/api/reload', { host, ...headers }, 'POST')
  expect(await post({})).toBe(200)
  expect(await post({ origin: `http://${host}` })).toBe(200)
  expect(await post({ origin: 'https://evil.example' })).toBe(403)
  expect(await post({ origin: 'http://localhost:1' })).toBe(403)
  expect(await post({ origin: 'null' })).toBe(403)
  expect(await post({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await statusOf(admin.address, '/api/events', { host, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await statusOf(admin.address, '/', { host, 'sec-fetch-site': 'cross-site' })).toBe(200)
})

test('with a token everything but health asks for it, by any name', async () => {
  await using admin = await listening({ token: TOKEN })
  const host = 'gate.example'
  for (const path of ['/', '/metrics', '/api/snapshot', '/api/events', '/assets/x.js', '/nothing']) {
    expect(await statusOf(admin.address, path, { host })).toBe(401)
  }
  expect(await statusOf(admin.address, '/healthz', { host })).toBe(200)
  expect(await statusOf(admin.address, '/readyz', { host })).toBe(200)
  const right = [`Bearer ${TOKEN}`, `bearer ${TOKEN}`]
  for (const authorization of right) {
    expect(await statusOf(admin.address, '/metrics', { host, authorization })).toBe(200)
  }
  const wrong = [
    'Bearer',
    'Bearer ',
    `Bearer ${TOKEN}x`,
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN.toUpperCase()}`,
  ]
  for (const authorization of wrong) {
    expect(await statusOf(admin.address, '/metrics', { host, authorization })).toBe(401)
  }
})

test('the refusal says what to do, and asks browsers for the token', async () => {
  await using admin = await listening({ token: TOKEN })
  const page = await ask(admin.address, '/')
  expect(page.headers['www-authenticate']).toBe('Bearer')
  expect(page.text).toContain('token_file')
  expect(page.text).toContain('type="password"')
  expect((await ask(admin.address, '/metrics')).text).toContain('Authorization: Bearer')
})

test('logging in swaps the token for a strict cookie and takes it out of the address', async () => {
  await using admin = await listening({ token: TOKEN })
  const login = await ask(admin.address, `/?token=${encodeURIComponent(TOKEN)}`)
  expect(login.status).toBe(303)
  expect(login.headers.location).toBe('/')
  const [setCookie = ''] = login.headers['set-cookie'] ?? []
  expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict$/)
  expect(setCookie).not.toContain(TOKEN)
  const [cookie = ''] = setCookie.split(';')
  expect(await statusOf(admin.address, '/metrics', { cookie })).toBe(200)
  expect(await statusOf(admin.address, '/metrics', { cookie: `other=1; ${cookie}` })).toBe(200)
  expect(await statusOf(admin.address, '/metrics', { cookie: `${cookie}x` })).toBe(401)
  expect(await statusOf(admin.address, '/metrics', { cookie: `tollgate-admin=${TOKEN}` })).toBe(401)
})

test('a wrong token in the address opens nothing', async () => {
  await using admin = await listening({ token: TOKEN })
  for (const query of ['?token=', '?token=wrong', `?token=${TOKEN.slice(1).replaceAll(' ', '+')}`]) {
    const got = await ask(admin.address, `/${query}`)
    expect(got.status).toBe(401)
    expect(got.headers['set-cookie']).toBeUndefined()
  }
})

test('the cookie does not help a page of another site', async () => {
  await using admin = await listening({
    token: TOKEN,
    routes: new Map([['POST /api/reload', () => Promise.resolve({ status: 200, json: {} })]]),
  })
  const login = await ask(admin.address, `/?token=${encodeURIComponent(TOKEN)}`)
  const cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const post = (headers: Record<string, string>) => statusOf(admin.address, '/api/reload', headers, 'POST')
  expect(await post({ cookie })).toBe(200)
  expect(await post({ cookie, origin: 'https://evil.example' })).toBe(403)
})
