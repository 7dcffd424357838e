import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createProxyServer } from 'http-proxy-3'
import type { UpstreamAddress } from '../base/endpoint.ts'

const targetOf = (address: UpstreamAddress) =>
  address.kind === 'unix'
    ? { socketPath: address.path, host: 'localhost', port: 80, protocol: 'http:' }
    : { host: address.host, port: address.port, protocol: `${address.kind}:` }

/** What became of an upgrade that the upstream did not take. */
type OnError = (cause: unknown) => void

/** Carries a WebSocket upgrade (RFC 6455 §4) to the upstream and then both directions' bytes. */
export interface Tunnel {
  /**
   * @param headers Flat list that replaces the request's own.
   * @param onError The upstream could not be reached; the visitor's socket is still open and unanswered.
   */
  open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    headers: readonly string[],
    onError: OnError,
  ): void
}

interface Passage {
  readonly headers: readonly string[]
  readonly onError: OnError
}

export const createTunnel = (parts: { readonly address: UpstreamAddress }): Tunnel => {
  const proxy = createProxyServer({ target: targetOf(parts.address), secure: true })
  const passages = new WeakMap<IncomingMessage, Passage>()
  proxy.on('proxyReqWs', (outgoing, request) => {
    const headers = passages.get(request)?.headers ?? []
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
    for (let i = 0; i < headers.length; i += 2) outgoing.appendHeader(headers[i]!, headers[i + 1]!)
    outgoing.setHeader('Connection', 'Upgrade')
    outgoing.setHeader('Upgrade', 'websocket')
    // The library sends the path through a URL parser; the upstream is to see the visitor's bytes.
    outgoing.path = request.url ?? '/'
  })
  proxy.on('error', (cause, request) => passages.get(request)?.onError(cause))
  return {
    open(request, socket, head, headers, onError) {
      passages.set(request, { headers, onError })
      proxy.ws(request, socket, head)
    },
  }
}
