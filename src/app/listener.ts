import { createServer, type Server } from 'node:http'
import { existsSync, unlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ListenAddress } from '../base/endpoint.ts'
import type { Gateway } from '../gateway/gateway.ts'

/** Sockets that visitors connect to. */
export interface Listeners {
  /** As asked, with the port that was found for port 0. */
  readonly addresses: readonly ListenAddress[]
  /** Stops accepting, lets running requests finish and cuts what is left after `milliseconds`. */
  drain(milliseconds: number): Promise<void>
}

const KEEP_ALIVE = 65_000
const HEADERS_TIMEOUT = 15_000
const CHECK_INTERVAL = 2_000
const LARGEST_HEAD = 32_768
const IDLE_CHECK = 50

const isWebSocket = (upgrade: string | undefined): boolean => upgrade?.toLowerCase() === 'websocket'

/**
 * A visitor who has reset the connection already has no address any more, as peers on a unix socket have none, who
 * speak for others. Asking once also keeps the address for as long as the connection lives.
 */
const closeWithoutPeer = (socket: Socket): void => {
  if (socket.remoteAddress === undefined) socket.destroy()
}

const serverFor = (gateway: Gateway, upgraded: Set<Duplex>, { kind }: ListenAddress): Server => {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: 0,
    connectionsCheckingInterval: CHECK_INTERVAL,
    maxHeaderSize: LARGEST_HEAD,
    insecureHTTPParser: false,
    // A request without a body starts as a stream that has ended: no ticks are spent on reading nothing.
    optimizeEmptyRequests: true,
    // Every other Upgrade (h2c, for one) is an ordinary request (RFC 9110 §7.8); a handshake is a GET (RFC 6455 §4.1).
    shouldUpgradeCallback: ({ method, headers }) => method === 'GET' && isWebSocket(headers.upgrade),
  })
  server.on('request', gateway.handle)
  if (kind === 'tcp') server.on('connection', closeWithoutPeer)
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    socket.on('error', () => socket.destroy())
    gateway.upgrade(request, socket, head)
  })
  return server
}

const listen = (server: Server, address: ListenAddress, sharePorts: boolean): Promise<ListenAddress> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    const bound = () => {
      server.off('error', reject)
      const found = server.address()
      resolve(
        address.kind === 'tcp' && typeof found === 'object' && found
          ? { ...address, port: found.port }
          : address,
      )
    }
    if (address.kind === 'unix') {
      if (existsSync(address.path)) unlinkSync(address.path)
      server.listen({ path: address.path }, bound)
    } else {
      const host = address.host === '' ? {} : { host: address.host }
      server.listen({ port: address.port, ...host, reusePort: sharePorts, backlog: 4096 }, bound)
    }
  })

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })

/** @throws the error of node:net when an address cannot be bound. */
export const openListeners = async (parts: {
  readonly gateway: Gateway
  readonly listen: readonly ListenAddress[]
  readonly sharePorts: boolean
}): Promise<Listeners> => {
  const upgraded = new Set<Duplex>()
  const servers: Server[] = []
  const addresses: ListenAddress[] = []
  for (const address of parts.listen) {
    const server = serverFor(parts.gateway, upgraded, address)
    servers.push(server)
    addresses.push(await listen(server, address, parts.sharePorts))
  }
  const cut = (): void => {
    for (const server of servers) server.closeAllConnections()
    for (const socket of upgraded) socket.destroy()
  }
  return {
    addresses,
    async drain(milliseconds) {
      const idle = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), IDLE_CHECK)
      const deadline = setTimeout(cut, milliseconds)
      await Promise.all(servers.map(closed))
      clearInterval(idle)
      clearTimeout(deadline)
    },
  }
}
