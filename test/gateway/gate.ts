import { generateKeyPairSync } from 'node:crypto'
import { createServer, request as send, type IncomingHttpHeaders } from 'node:http'
import type { UpstreamAddress } from '../../src/base/endpoint.ts'
import type { GateEvent } from '../../src/base/event.ts'
import { assembleGateway } from '../../src/app/assemble.ts'
import { createClocks, takeAnchor } from '../../src/app/clocks.ts'
import { openListeners } from '../../src/app/listener.ts'
import { createMaps } from '../../src/app/maps.ts'
import { NO_SENSES } from '../../src/app/world/senses.ts'
import { createUpstreamPools } from '../../src/app/upstream-pools.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ChallengeJson, ProblemJson } from '../../src/protocol.ts'
import { ensureWebBuilt } from '../../web/build.ts'
import { solve } from '../challenge/solve.ts'
import { httpAddress, listenOn } from '../proxy/wire.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  json(): ProblemJson
  challenge(): ChallengeJson
}

export interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** One request on a connection of its own; nothing is followed, decoded or remembered. */
export const ask = (
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: Ask = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, agent: false as const }
    const fields = Object.entries({ host: 'site.test', ...headers }).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ])
    const request = send({ ...options, headers: Object.fromEntries(fields) as Record<string, string> })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('latin1')
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as ProblemJson,
          challenge: () => JSON.parse(text) as ChallengeJson,
        }),
      )
    })
    request.end(body)
  })

/** An upstream that answers everything and remembers what it was asked. */
export const startSite = async () => {
  const seen: { readonly line: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
      response.writeHead(200, { 'content-type': 'text/plain', 'set-cookie': ['a=b', 'tollgate-pass=gone'] })
      response.end('the site')
    })
  })
  server.on('upgrade', (request, socket) => {
    seen.push({ line: `UPGRADE ${request.url}`, headers: request.headers, body: '' })
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  const port = await listenOn(server)
  return {
    port,
    address: httpAddress(port),
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const NAVIGATION = { accept: 'text/html,*/*;q=0.8', 'sec-fetch-mode': 'navigate' }
export const answerOf = (challenge: ChallengeJson): string =>
  JSON.stringify({ id: challenge.id, nonces: solve(challenge) })

const BASE_CONFIG = 'challenge: { work: 64, puzzles: 4 }\n'

/** The whole gateway in this thread, in front of a site, as the YAML given configures it. */
export const startGate = async (yaml = '', upstream?: UpstreamAddress) => {
  await ensureWebBuilt()
  const site = await startSite()
  const text = /^challenge:/m.test(yaml) ? yaml : BASE_CONFIG + yaml
  const loaded = loadConfig({ text, env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  const events: GateEvent[] = []
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  const pools = createUpstreamPools()
  const assembly = assembleGateway({
    config: loaded.config,
    upstream: upstream ?? site.address,
    pools,
    senses: NO_SENSES,
    keys: { pem, kept: false },
    maps: createMaps(loaded.config.store.capacity),
    clocks: createClocks(takeAnchor()),
    onEvent: (event) => events.push(event),
  })
  const listeners = await openListeners({
    gateway: assembly.gateway,
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    sharePorts: false,
  })
  const address = listeners.addresses[0]!
  const port = address.kind === 'tcp' ? address.port : 0
  const challenge = async (headers: Ask['headers'] = {}, path = '/') =>
    (await ask(port, { path: `/.tollgate/challenge?for=${encodeURIComponent(path)}`, headers })).challenge()
  const post = (body: string, headers: Ask['headers'] = {}, type = 'application/json') =>
    ask(port, {
      method: 'POST',
      path: '/.tollgate/answer',
      headers: { 'content-type': type, ...headers },
      body,
    })
  return {
    port,
    site,
    events,
    ask: (what?: Ask) => ask(port, what),
    challenge,
    post,
    /** A pass as a `Cookie` value. */
    async pass(headers: Ask['headers'] = {}): Promise<string> {
      const reply = await post(answerOf(await challenge(headers)), headers)
      return reply.headers['set-cookie']![0]!.split(';')[0]!
    },
    async [Symbol.asyncDispose]() {
      await listeners.drain(0)
      assembly[Symbol.dispose]()
      await pools[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}
