/** A bare Node server that answers 1 KB itself: `bare-child.ts PORT`. */
import { createServer } from 'node:http'

const BODY = 'x'.repeat(1024)
const HEADERS = ['Content-Type', 'text/html', 'Content-Length', String(BODY.length)]

createServer({ keepAliveTimeout: 65_000 }, (_, response) => {
  response.writeHead(200, HEADERS)
  response.end(BODY, 'latin1')
}).listen(Number(process.argv[2]), '127.0.0.1', 4096)
