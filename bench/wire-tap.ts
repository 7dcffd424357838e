/** A listener before the gateway that writes down which requests really come over the wire, caches excepted. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface WireTap extends Disposable {
  readonly port: number
  /** Paths since the last call. */
  takePaths(): readonly string[]
}

const REQUEST_LINE = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n/

/** Browsers begin each request with a packet of its own: they do not pipeline. */
export const startWireTap = async (port: number): Promise<WireTap> => {
  let paths: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((visitor) => {
    const gateway = connect(port, '127.0.0.1')
    for (const socket of [visitor, gateway]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    visitor.on('data', (chunk: Buffer) => {
      const path = REQUEST_LINE.exec(chunk.toString('latin1'))?.[1]
      if (path !== undefined) paths.push(path)
    })
    visitor.pipe(gateway).pipe(visitor)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    takePaths() {
      const taken = paths
      paths = []
      return taken
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
