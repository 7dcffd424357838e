import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChallengeJson } from '../../src/protocol.ts'
import { launchChromium } from '../browser.ts'
import { solve } from '../challenge/solve.ts'
import { tollgate, type Running } from './process.ts'

const portOf = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

const folder = mkdtempSync(join(tmpdir(), 'tollgate-nginx-'))
let gateway: Running
let nginx: ChildProcess
let tls: string
let asking: string

/** One nginx that speaks TLS and passes on, and one that asks before it serves a site of its own. */
const nginxConfig = (site: string, tlsPort: number, askPort: number): string => `
daemon off; pid ${folder}/pid; error_log stderr crit;
events {}
http {
  access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  proxy_set_header X-Forwarded-For $remote_addr;
  server {
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    location / { proxy_pass ${site}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https; }
  }
  server {
    listen 127.0.0.1:${askPort};
    location / { auth_request /.tollgate/check; try_files /none @site; }
    location @site { default_type text/plain; return 200 "the site"; }
    location /.tollgate/ { proxy_pass ${site}; proxy_set_header Host $http_host; }
    location = /.tollgate/check {
      internal; proxy_pass ${site}; proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_set_header Host $http_host; proxy_set_header X-Original-URI $request_uri;
    }
  }
}
`

beforeAll(async () => {
  const config = join(folder, 'tollgate.yaml')
  writeFileSync(
    config,
    'listen: 127.0.0.1:0\nadmin: { listen: off }\ntrusted_proxies: [127.0.0.1]\nchallenge: { work: 4096 }\n' +
      'bots:\n  - { name: closed, path_regex: ^/closed, action: DENY }\n  - { name: open, path_regex: ^/open, action: ALLOW }\n',
  )
  gateway = tollgate('serve', '--config', config)
  const site = (await gateway.seen(/site {3}(http:\S+)/))[1]!
  const [tlsPort, askPort] = [await portOf(), await portOf()]
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes', '-newkey', 'rsa:2048']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const made = spawnSync('openssl', ['req', '-x509', ...subject, ...files])
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr.toString()}`)
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(site, tlsPort, askPort))
  nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  })
  tls = `https://127.0.0.1:${tlsPort}`
  asking = `http://127.0.0.1:${askPort}`
  for (let tries = 0; tries < 100; tries++) {
    const up = await fetch(asking).catch(() => undefined)
    if (up) return
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
  throw new Error('nginx did not start')
})

afterAll(async () => {
  nginx.kill('SIGTERM')
  await gateway[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('behind nginx with TLS a browser is let in with a cookie that is Secure and bound to its host', async () => {
  const browser = await launchChromium()
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.goto(`${tls}/deep?a=b#c`)
  await page.getByRole('heading', { name: 'You are in.' }).waitFor()
  expect(page.url()).toBe(`${tls}/deep?a=b#c`)
  const cookies = await context.cookies()
  expect(cookies.map(({ name, secure, httpOnly }) => ({ name, secure, httpOnly }))).toEqual([
    { name: '__Host-tollgate-pass', secure: true, httpOnly: true },
  ])
  await browser.close()
})

describe('nginx that asks before it serves', () => {
  const statusOf = async (path: string, cookie?: string): Promise<number> =>
    (await fetch(asking + path, cookie === undefined ? {} : { headers: { cookie } })).status

  test('serves what a rule allows, and nothing that one denies', async () => {
    expect(await statusOf('/open/x')).toBe(200)
    expect(await statusOf('/closed')).toBe(403)
  })

  test('serves the rest to those who have solved a challenge', async () => {
    expect(await statusOf('/page')).toBe(401)
    const challenge = (await (await fetch(`${asking}/.tollgate/challenge?for=/page`)).json()) as ChallengeJson
    const answer = await fetch(asking + challenge.answer, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: challenge.id, nonces: solve(challenge) }),
    })
    expect(answer.status).toBe(204)
    const cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
    expect(await statusOf('/page', cookie)).toBe(200)
    expect(await statusOf('/closed', cookie)).toBe(403)
  })
})
