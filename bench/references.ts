/** What the gateway is measured beside: proxies of the same upstream with one worker each and no logs. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startServer, type Subject } from './process.ts'

const BODY = 'x'.repeat(1024)

const nginxConfig = (folder: string, name: string, server: string, upstreams = ''): string => `
daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}.error;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path ${folder}/${name}-body; proxy_temp_path ${folder}/${name}-proxy;
  fastcgi_temp_path ${folder}/${name}-fastcgi; uwsgi_temp_path ${folder}/${name}-uwsgi;
  scgi_temp_path ${folder}/${name}-scgi;
  ${upstreams}
  server { ${server} }
}
`

const startNginx = async (
  folder: string,
  name: string,
  server: (port: number) => string,
  upstreams?: string,
): Promise<Subject> => {
  const port = await freePort()
  const file = join(folder, `${name}.conf`)
  writeFileSync(file, nginxConfig(folder, name, server(port), upstreams))
  return startServer('nginx', ['-c', file], port)
}

/** The protected site of all proxies: 1 KB from memory. */
export const startUpstream = (folder: string): Promise<Subject> =>
  isInstalled('nginx')
    ? startNginx(
        folder,
        'upstream',
        (port) => `listen 127.0.0.1:${port} backlog=4096;
    location / { default_type text/html; return 200 "${BODY}"; }`,
      )
    : startBare()

export const startNginxProxy = (folder: string, upstream: number): Promise<Subject> =>
  startNginx(
    folder,
    'proxy',
    (port) => `listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://site; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
    }`,
    `upstream site { server 127.0.0.1:${upstream}; keepalive 512; keepalive_requests 1000000000; }`,
  )

export const startHaproxy = async (folder: string, upstream: number): Promise<Subject> => {
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend visitors
  bind 127.0.0.1:${port}
  default_backend site
backend site
  server site 127.0.0.1:${upstream}
`,
  )
  return startServer('haproxy', ['-db', '-q', '-f', file], port)
}

export const startCaddy = async (folder: string, upstream: number): Promise<Subject> => {
  const port = await freePort()
  const file = join(folder, 'Caddyfile')
  writeFileSync(
    file,
    `{
  admin off
  auto_https off
  log default {
    output discard
  }
}
http://127.0.0.1:${port} {
  reverse_proxy 127.0.0.1:${upstream}
}
`,
  )
  const environment = { GOMAXPROCS: '1', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  return startServer('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], port, environment)
}

export const startBare = async (): Promise<Subject> => {
  const port = await freePort()
  return startServer(process.execPath, [join(import.meta.dirname, 'bare-child.ts'), String(port)], port)
}

const VERSION_FLAGS = { nginx: '-v', haproxy: '-v', caddy: 'version' } as const

export type Reference = keyof typeof VERSION_FLAGS

/** The version that is installed, or undefined. */
export const versionOf = (name: Reference): string | undefined => {
  try {
    const said = execFileSync('/bin/sh', ['-c', `${name} ${VERSION_FLAGS[name]} 2>&1`], { encoding: 'utf8' })
    return /\d+\.\d+[\w.+-]*/.exec(said)?.[0]
  } catch {
    return undefined
  }
}

export const isInstalled = (name: Reference): boolean => versionOf(name) !== undefined
