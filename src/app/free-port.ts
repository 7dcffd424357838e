import { createServer } from 'node:net'
import { connect } from 'node:net'
import type { ListenAddress } from '../base/endpoint.ts'

/** A socket that several threads share may also be shared with a stranger of the same user; so ask first. */
const isBindable = ({ host, port }: Extract<ListenAddress, { kind: 'tcp' }>): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen({ port, ...(host === '' ? {} : { host }), exclusive: true }, () =>
      probe.close(() => resolve()),
    )
  })

/** Nobody answers on a socket file that a process left behind. */
const isSocketFree = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      reject(new Error(`listen EADDRINUSE: address already in use ${path}`))
    })
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? resolve() : reject(error),
    )
  })

/** @throws the system's error when somebody else listens on one of the addresses, or we may not. */
export const assertFree = async (addresses: readonly ListenAddress[]): Promise<void> => {
  for (const address of addresses) {
    if (address.kind === 'unix') await isSocketFree(address.path)
    else if (address.port !== 0) await isBindable(address)
  }
}
