import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { UpstreamAddress } from '../base/endpoint.ts'

/** A small site to stand behind the gateway when no upstream is named. */
export interface DemoSite extends AsyncDisposable {
  readonly address: UpstreamAddress
}

const STYLE =
  ':root{color-scheme:light dark;font:18px/1.6 system-ui,sans-serif}body{max-width:36rem;margin:12vh auto;padding:0 1.2rem}code{font-size:.95em}dt{font-weight:600}dd{margin:0 0 .6rem}'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const page = (path: string, told: readonly (readonly [string, string])[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The demo site</title><style>${STYLE}</style></head>
<body><main><h1>You are in.</h1>
<p>This is the demo site behind tollgate. Your browser has just shown a little work for
<code>${escaped(path)}</code>, and holds a pass that lets it in from now on.</p>
<p>To put tollgate in front of your own site: <code>npm start -- --upstream http://127.0.0.1:8080</code></p>
<h2>What the gateway told this site</h2>
<dl>${told.map(([name, value]) => `<dt>${escaped(name)}</dt><dd><code>${escaped(value)}</code></dd>`).join('')}</dl>
<p><a href="/another/page?with=a-query#and-a-fragment">Another page of the site</a></p></main></body></html>
`

const TOLD = ['tollgate-action', 'tollgate-rule', 'tollgate-level', 'tollgate-reference', 'x-real-ip']

/** Listens on a loopback port of its own. */
export const createDemoSite = async (): Promise<DemoSite> => {
  const server = createServer((request, response) => {
    request.resume()
    const told = TOLD.map((name) => [name, String(request.headers[name] ?? '')] as const)
    const path = request.url ?? '/'
    const found = path !== '/favicon.ico'
    response.writeHead(found ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' })
    response.end(found ? page(path, told) : '')
  })
  server.keepAliveTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    address: { kind: 'http', host: '127.0.0.1', port, origin: `http://127.0.0.1:${port}` },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
