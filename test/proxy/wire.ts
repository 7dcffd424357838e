import { connect, createServer, type Server, type Socket } from 'node:net'
import type { UpstreamAddress } from '../../src/base/endpoint.ts'

export interface Closable extends AsyncDisposable {
  readonly port: number
}

/** Listens on a loopback port of its own, or on a unix socket. */
export const listenOn = async (server: Server, path?: string): Promise<number> => {
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

export const httpAddress = (port: number): UpstreamAddress => ({
  kind: 'http',
  host: '127.0.0.1',
  port,
  origin: `http://127.0.0.1:${port}`,
})

/** Bytes on a connection: what came until the peer ended it, and whether it broke. */
export interface Transcript {
  readonly text: string
  readonly broken: boolean
}

/** Sends bytes as they are and reads until the connection ends. */
export const converse = (port: number, ...sent: readonly string[]): Promise<Transcript> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let broken = false
    const socket = connect(port, '127.0.0.1', () => sent.forEach((bytes) => socket.write(bytes, 'latin1')))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => {
      broken = true
    })
    socket.on('close', () => resolve({ text: Buffer.concat(chunks).toString('latin1'), broken }))
  })

/** One whole request text, `Connection: close` included. */
export const requestText = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: site.test', 'Connection: close', ...headers, '', body].join('\r\n')

export const headOf = (text: string): string => text.slice(0, text.indexOf('\r\n\r\n'))
export const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)
/** The bytes of a chunked body. */
export const dechunked = (body: string): string => {
  let out = ''
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at)
    const length = Number.parseInt(body.slice(at, end), 16)
    if (end < 0 || !(length > 0)) return out
    out += body.slice(end + 2, end + 2 + length)
    at = end + length + 4
  }
}
export const statusOf = (text: string): number => Number(text.slice(9, 12))

/** What a raw origin saw: one entry a request head, in order. */
export interface RawOrigin extends Closable {
  readonly heads: readonly string[]
  readonly connections: () => number
}

/** An origin that answers each request head with bytes, without any help or check. */
export const startRawOrigin = async (
  answer: (socket: Socket, head: string, count: number) => void,
  path?: string,
): Promise<RawOrigin> => {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    let pending = ''
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1')
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end)
        if (!/^[A-Z-]+ /.test(head)) break
        pending = pending.slice(end + 4)
        heads.push(head)
        answer(socket, head, heads.length)
      }
    })
  })
  const port = await listenOn(server, path)
  return {
    port,
    heads,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Resolves once `holds` does; looks again whenever the loop turns. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
