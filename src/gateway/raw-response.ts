import { ServerResponse, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * A response for a request whose socket Node has already handed over (an upgrade), so that a refused upgrade is
 * answered like any other request. The connection is closed after it.
 */
export const createRawResponse = (request: IncomingMessage, socket: Duplex): ServerResponse => {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  if (socket instanceof Socket) response.assignSocket(socket)
  response.on('finish', () => socket.end())
  return response
}
