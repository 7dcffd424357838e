import type { IncomingMessage, ServerResponse } from 'node:http'

/** A whole response as the pages room makes it. */
export interface WholeResponse {
  /** Flat list of names and values. */
  readonly headers: readonly string[]
  /** One character a byte, so that head and body leave in one write. */
  readonly body: string
}

const hasUnreadBody = (request: IncomingMessage): boolean =>
  !request.complete &&
  (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)

/** Answers in the gateway's own name. A connection whose body nobody will read is closed after the answer. */
export const respond = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  { headers, body }: WholeResponse,
  extra: readonly string[] = [],
): void => {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const closing = hasUnreadBody(request) ? ['Connection', 'close'] : []
  response.writeHead(status, [...headers, ...extra, ...closing])
  response.end(body, 'latin1')
}

/** An answer without a body. */
export const respondEmpty = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  extra: readonly string[],
): void => {
  const headers = ['Cache-Control', 'no-store', ...(status === 204 ? [] : ['Content-Length', '0'])]
  respond(request, response, status, { headers, body: '' }, extra)
}
