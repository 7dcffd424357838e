/** From a request to the value that answers it; writes nothing. */
import type { IncomingMessage } from 'node:http'
import type { DashboardSnapshot } from '../protocol.ts'
import { htmlAnswer, jsonAnswer, textAnswer } from './admin-answer.ts'
import type { AdminAnswer } from './admin-answer.ts'
import type { AdminAssets } from './admin-assets.ts'
import { loginCookie } from './admin-guard.ts'
import type { AdminGuard, Refusal } from './admin-guard.ts'
import type { Metrics } from './metrics.ts'

const MOST_BODY = 65_536
const IMMUTABLE = { 'Cache-Control': 'public, max-age=31536000, immutable' }

const LOGIN_PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>tollgate admin</title>
<h1>This page needs the admin token</h1>
<p>It is the content of the file that <code>admin.token_file</code> names.
Programs send it as <code>Authorization: Bearer TOKEN</code>.</p>
<form action="/" method="get"><label>Admin token
<input type="password" name="token" autocomplete="current-password" required></label> <button>Open</button></form></html>
`

export interface Readiness {
  readonly ready: boolean
  /** By name, e.g. `{ config: true, listeners: true, store: false }`. */
  readonly checks: Readonly<Record<string, boolean>>
}

export interface AdminRequest {
  readonly query: URLSearchParams
  /** At most 64 KB. */
  readonly body: string
}

/** Answers an endpoint of another room; `json` is sent as it is. */
export type AdminRoute = (
  request: AdminRequest,
) => Promise<{ readonly status: number; readonly json: unknown }>

export interface AdminRouterParts {
  readonly guard: AdminGuard
  readonly assets: AdminAssets
  readonly metrics: Metrics
  readonly ready: () => Readiness
  readonly snapshot: () => DashboardSnapshot
  /** By method and path, e.g. `POST /api/reload`. */
  readonly routes: ReadonlyMap<string, AdminRoute>
}

/** An answer, or `stream` for the stream of snapshots. */
export type AdminOutcome = AdminAnswer | 'stream'

type Read = () => AdminOutcome | Promise<AdminOutcome>

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BODY) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** A form of a foreign page can send a body of every other type without asking first (Fetch: CORS-safelisted). */
const isJsonOrBare = ({ headers }: IncomingMessage): boolean => {
  const type = headers['content-type']
  return type === undefined || /^application\/json *(?:;|$)/i.test(type)
}

const refusalAnswer = ({ status, text }: Refusal, path: string): AdminAnswer => {
  const headers: Readonly<Record<string, string>> = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}
  return status === 401 && path === '/'
    ? htmlAnswer(status, LOGIN_PAGE, headers)
    : textAnswer(status, text, headers)
}

/** `/?token=…` becomes a cookie, so that the token leaves the address bar. */
const loginAnswer = (guard: AdminGuard, token: string): AdminAnswer => {
  const cookie = guard.login(token)
  if (cookie === undefined) return htmlAnswer(401, LOGIN_PAGE, { 'WWW-Authenticate': 'Bearer' })
  return textAnswer(303, 'See /', { Location: '/', 'Set-Cookie': loginCookie(cookie) })
}

const readsOf = ({ assets, metrics, snapshot }: AdminRouterParts): ReadonlyMap<string, Read> =>
  new Map<string, Read>([
    ['/', () => ({ status: 200, ...assets.index })],
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
    ['/api/snapshot', () => jsonAnswer(200, snapshot())],
    ['/api/events', () => 'stream'],
    ...[...assets.files].map(
      ([path, asset]) => [path, () => ({ status: 200, ...asset, headers: IMMUTABLE })] as const,
    ),
  ])

/** Open to everyone, by any name: what a supervisor or a load balancer asks. */
const healthReads = (ready: () => Readiness): ReadonlyMap<string, Read> =>
  new Map<string, Read>([
    ['/healthz', () => textAnswer(200, 'ok')],
    [
      '/readyz',
      () => {
        const readiness = ready()
        return jsonAnswer(readiness.ready ? 200 : 503, readiness)
      },
    ],
  ])

/** Finds the answer to every request. */
export const createAdminRouter = (
  parts: AdminRouterParts,
): ((request: IncomingMessage) => Promise<AdminOutcome>) => {
  const { guard, routes } = parts
  const health = healthReads(parts.ready)
  const reads = readsOf(parts)
  const methodsOf = (path: string): readonly string[] => [
    ...(reads.has(path) || health.has(path) ? ['GET', 'HEAD'] : []),
    ...[...routes.keys()].flatMap((key) => (key.endsWith(` ${path}`) ? [key.split(' ')[0]!] : [])),
  ]
  const run = async (route: AdminRoute, request: IncomingMessage, query: URLSearchParams) => {
    if (!isJsonOrBare(request)) return textAnswer(415, 'Send JSON: Content-Type: application/json.')
    const body = await bodyOf(request)
    if (body === undefined) return textAnswer(413, 'The body is too large.', { Connection: 'close' })
    const { status, json } = await route({ query, body })
    return jsonAnswer(status, json)
  }

  return async (request) => {
    const { method = 'GET', url = '/' } = request
    const [path = '/', search = ''] = url.split('?', 2)
    const query = new URLSearchParams(search)
    const isRead = method === 'GET' || method === 'HEAD'
    const open = health.get(path)
    if (open !== undefined && isRead) return open()
    const token = path === '/' && isRead ? query.get('token') : null
    if (token !== null && guard.takesLogin) return loginAnswer(guard, token)
    const admission = guard.admit(request)
    if (!admission.admitted) return refusalAnswer(admission, path)
    const route = routes.get(`${method} ${path}`)
    if (route !== undefined) return run(route, request, query)
    const read = reads.get(path)
    if (read !== undefined && isRead) return read()
    const methods = methodsOf(path)
    return methods.length === 0
      ? textAnswer(404, 'There is nothing here.')
      : textAnswer(405, 'This address does not answer that method.', { Allow: methods.join(', ') })
  }
}
