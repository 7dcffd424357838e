/** An admin listener on a free port, and requests to it with any header. */
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { createAdmin } from '../../src/observe/admin.ts'
import type { AdminParts } from '../../src/observe/admin.ts'
import type { DashboardSnapshot } from '../../src/protocol.ts'

export const snapshotOf = (parts: Partial<DashboardSnapshot> = {}): DashboardSnapshot => ({
  at: 1_700_000_100_000,
  startedAt: 1_700_000_000_000,
  version: '0.1.0',
  rssBytes: 64 * 1024 ** 2,
  maps: [],
  sweeps: [],
  funnel: { issued: 0, solved: 0, failed: 0, expired: 0, abandoned: 0 },
  requests: {},
  workers: [],
  ...parts,
})

export const adminOf = (parts: Partial<AdminParts> = {}) =>
  createAdmin({
    metrics: { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') },
    ready: () => ({ ready: true, checks: { config: true } }),
    snapshot: () => snapshotOf(),
    onEvent: () => {},
    ...parts,
  })

/** Bound to a free port of the loopback interface. */
export const listening = (parts: Partial<AdminParts> = {}) =>
  adminOf(parts).listen({ kind: 'tcp', host: '127.0.0.1', port: 0 })

export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request; `address` as `listen` gave it. */
export const ask = async (
  address: string,
  path: string,
  options: { readonly method?: string; readonly headers?: OutgoingHttpHeaders; readonly body?: string } = {},
): Promise<Got> => {
  const to = address.startsWith('unix:')
    ? { socketPath: address.slice('unix:'.length) }
    : { host: '127.0.0.1', port: new URL(address).port }
  const { promise, resolve, reject } = Promise.withResolvers<Got>()
  const request = httpRequest(
    { ...to, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
    (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      response.on('error', reject)
    },
  )
  request.on('error', reject)
  request.end(options.body)
  return promise
}
