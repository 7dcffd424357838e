/** Binds a server and takes it down again. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import type { ListenAddress } from '../base/endpoint.ts'

export interface Listening extends AsyncDisposable {
  /** `http://127.0.0.1:9090` or `unix:/run/admin.sock`, with the port that was found for port 0. */
  readonly address: string
}

const OWNER_AND_GROUP = 0o660

/** A socket file outlives the process that made it; nothing but a socket is ever removed. */
const removeStaleSocket = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path)
}

const addressOf = (server: Server): string => {
  const address = server.address()
  if (address === null) throw new Error('the admin listener is not bound')
  if (typeof address === 'string') return `unix:${address}`
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}

/**
 * Resolves when the server is bound.
 *
 * @throws the error of node:net (`EADDRINUSE`, `EACCES` …).
 */
export const listenOn = async (
  server: Server,
  at: ListenAddress,
  beforeClose: () => void,
): Promise<Listening> => {
  if (at.kind === 'unix') removeStaleSocket(at.path)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  if (at.kind === 'unix') server.listen(at.path, resolve)
  else if (at.host === '') server.listen(at.port, resolve)
  else server.listen(at.port, at.host, resolve)
  await promise
  server.off('error', reject)
  if (at.kind === 'unix') chmodSync(at.path, OWNER_AND_GROUP)
  return {
    address: addressOf(server),
    [Symbol.asyncDispose]: async () => {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      beforeClose()
      server.closeAllConnections()
      await closed.promise
    },
  }
}
