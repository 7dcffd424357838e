import { createServer, type IncomingMessage } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { listenOn } from '../proxy/wire.ts'

/** A site of a few pages, a form and a WebSocket echo, that remembers what it was asked. */
export const startEchoSite = async () => {
  const asked: string[] = []
  const upgrades: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path !== '/favicon.ico') asked.push(`${request.method} ${path}`)
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      `<!doctype html><title>site</title><h1>The site</h1><p id="path">${encodeURI(path)}</p><p id="referer">${request.headers.referer ?? ''}</p><a href="/next?q=2#there">next</a>`,
    )
  })
  const echo = new WebSocketServer({ server, handleProtocols: (protocols) => [...protocols][0] ?? false })
  echo.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    upgrades.push(request)
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    if (request.url === '/greets') socket.send('hello')
    if (request.url === '/drops') socket.terminate()
  })
  const port = await listenOn(server)
  return {
    port,
    asked,
    upgrades,
    clients: () => echo.clients.size,
    async [Symbol.asyncDispose]() {
      for (const client of echo.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
