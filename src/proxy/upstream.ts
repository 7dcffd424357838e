import { buildConnector, Pool, type Dispatcher } from 'undici'
import type { UpstreamAddress } from '../base/endpoint.ts'
import type { UpstreamFault } from '../base/event.ts'

/** Milliseconds; 0 for none. */
export interface UpstreamTimeouts {
  readonly connect: number
  /** Until the response head. */
  readonly headers: number
  /** Between two pieces of a body. */
  readonly idle: number
}

/** Kept-alive connections to one upstream for one thread. */
export interface Upstream extends AsyncDisposable {
  readonly address: UpstreamAddress
  readonly dispatcher: Dispatcher
}

const MOST_CONNECTIONS = 512
const LARGEST_HEAD = 65_536

const originOf = (address: UpstreamAddress): string =>
  address.kind === 'unix' ? 'http://localhost' : address.origin

/** A body that ends with its connection ends well only by a close; undici would take a reset for one, too. */
const tellReset = (error: Error): void => {
  if ('code' in error && error.code === 'ECONNRESET') error.code = 'EPIPE'
}

const connectorFor = (address: UpstreamAddress, timeout: number): buildConnector.connector => {
  const connect = buildConnector({
    allowH2: false,
    timeout,
    ...(address.kind === 'unix' ? { socketPath: address.path } : {}),
  })
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      socket.on('error', tellReset)
      callback(null, socket)
    })
}

export const createUpstream = (parts: {
  readonly address: UpstreamAddress
  readonly timeouts: UpstreamTimeouts
}): Upstream => {
  const { address, timeouts } = parts
  const dispatcher = new Pool(originOf(address), {
    connections: MOST_CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: LARGEST_HEAD,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.idle,
    connect: connectorFor(address, timeouts.connect),
    strictContentLength: true,
  })
  return { address, dispatcher, [Symbol.asyncDispose]: () => dispatcher.destroy() }
}

const FAULT_BY_CODE: ReadonlyMap<string, UpstreamFault> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOENT', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENOTFOUND', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'invalid'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'invalid'],
  ['UND_ERR_ABORTED', 'aborted'],
])

/** Sorts a failure of the upstream's side by its code. */
export const upstreamFaultOf = (error: unknown): UpstreamFault => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return FAULT_BY_CODE.get(code) ?? (code.startsWith('HPE_') ? 'invalid' : 'other')
}
