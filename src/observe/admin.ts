/** The admin listener: health, metrics, the dashboard and its stream. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ListenAddress } from '../base/endpoint.ts'
import type { OnEvent } from '../base/event.ts'
import { SECURITY_HEADERS, sendAnswer, textAnswer } from './admin-answer.ts'
import { readAdminAssets } from './admin-assets.ts'
import { createAdminGuard } from './admin-guard.ts'
import { listenOn } from './admin-listen.ts'
import type { Listening } from './admin-listen.ts'
import { createAdminRouter } from './admin-router.ts'
import type { AdminRoute, AdminRouterParts } from './admin-router.ts'
import { createAdminStream } from './admin-stream.ts'

const TICK_MS = 1000
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 } as const
const BUSY = 'Too many dashboards are open; close one and reload.'
const FAULT = 'The admin listener met a fault; the log has its cause.'

export interface AdminParts extends Pick<AdminRouterParts, 'metrics' | 'ready' | 'snapshot'> {
  /** By method and path, e.g. `POST /api/reload`. */
  readonly routes?: ReadonlyMap<string, AdminRoute>
  /** The folder that `buildDashboard` wrote; read at construction. */
  readonly dashboard?: string
  /** Without one, only this machine is admitted. */
  readonly token?: string
  readonly onEvent: OnEvent
  /** Milliseconds between the snapshots of the stream; a second when absent. */
  readonly tickMs?: number
}

export interface Admin {
  /**
   * Resolves when it is bound. Dispose what it gives to end it, streams included.
   *
   * @throws the error of node:net when the address cannot be bound.
   */
  listen(address: ListenAddress): Promise<Listening>
}

/** The admin listener; nothing is bound before `listen`. */
export const createAdmin = (parts: AdminParts): Admin => {
  const fault = (cause: unknown): void =>
    parts.onEvent({ name: 'notice', level: 'error', message: 'the admin listener met a fault', cause })
  const route = createAdminRouter({
    ...parts,
    guard: createAdminGuard(parts.token),
    assets: readAdminAssets(parts.dashboard),
    routes: parts.routes ?? new Map(),
  })
  let timer: NodeJS.Timeout | undefined
  const stream = createAdminStream({
    snapshot: parts.snapshot,
    headers: SECURITY_HEADERS,
    onWatched: (watched) => {
      clearInterval(timer)
      if (watched) timer = setInterval(tick, parts.tickMs ?? TICK_MS)
    },
  })
  const tick = (): void => {
    try {
      stream.tick()
    } catch (cause) {
      fault(cause)
    }
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const head = request.method === 'HEAD'
    const outcome = await route(request)
    if (outcome !== 'stream') sendAnswer(response, outcome, head)
    else if (head) sendAnswer(response, { status: 200, type: 'text/event-stream', body: '' }, head)
    else if (!stream.add(response)) sendAnswer(response, textAnswer(503, BUSY, { 'Retry-After': '5' }), head)
  }
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response).catch((cause: unknown) => {
      // A client that went away is no fault of ours.
      if (!request.destroyed) fault(cause)
      if (response.headersSent) response.destroy()
      else sendAnswer(response, textAnswer(500, FAULT), false)
    })
  })
  return { listen: (address) => listenOn(server, address, () => stream.close()) }
}
