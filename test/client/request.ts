import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

export interface Asked {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The address of the peer; undefined for a peer on a unix socket. */
  readonly peer?: string | undefined
  readonly encrypted?: boolean
}

/** A request as Node hands it over, without a connection. */
export const requestOf = ({ method = 'GET', url = '/', headers = {}, peer, encrypted }: Asked) => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  if (peer === undefined) Object.defineProperty(socket, 'localPort', { value: undefined })
  else Object.defineProperty(socket, 'localPort', { value: 8923 })
  if (encrypted) Object.defineProperty(socket, 'encrypted', { value: true })
  const request = new IncomingMessage(socket)
  request.method = method
  request.url = url
  for (const [name, value] of Object.entries(headers)) {
    request.headers[name.toLowerCase()] = value
    request.rawHeaders.push(name, value)
  }
  return request
}
