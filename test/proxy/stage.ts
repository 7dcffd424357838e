import { createServer } from 'node:http'
import type { UpstreamAddress } from '../../src/base/endpoint.ts'
import type { UpstreamFault } from '../../src/base/event.ts'
import { forward } from '../../src/proxy/forward.ts'
import { createUpstreamRequestHeaders } from '../../src/proxy/request-headers.ts'
import { createUpstream, type UpstreamTimeouts } from '../../src/proxy/upstream.ts'
import { type Closable, listenOn } from './wire.ts'

export interface Stage extends Closable {
  readonly url: string
  /** What became of requests, in order: `answered`, `cut reset`, `unanswered refused` … */
  readonly ends: readonly string[]
}

/** A bare server that forwards everything, with the headers that the gateway would send. */
export const startStage = async (
  address: UpstreamAddress,
  timeouts: Partial<UpstreamTimeouts> = {},
): Promise<Stage> => {
  const upstream = createUpstream({
    address,
    timeouts: { connect: 5000, headers: 60_000, idle: 0, ...timeouts },
  })
  const ends: string[] = []
  const server = createServer((request, response) => {
    const headers = createUpstreamRequestHeaders()(request.rawHeaders, request.headers.connection, {
      client: { address: { text: '127.0.0.1', words: [0, 0, 0xffff, 1] }, scheme: 'http', host: 'site.test' },
      forwardedFor: '127.0.0.1',
      action: 'pass',
      rule: 'default',
      level: 20,
      reference: '0123456789ab',
      withoutPasses: (cookies) => cookies,
    })
    forward({
      request,
      response,
      upstream,
      headers,
      setsPass: (cookie) => cookie.startsWith('tollgate-pass='),
      clock: () => 0,
      end: {
        answered: () => void ends.push('answered'),
        cut: (fault) => void ends.push(`cut ${fault}`),
        unanswered(fault: UpstreamFault) {
          ends.push(`unanswered ${fault}`)
          response.writeHead(502, { 'content-length': '0' }).end()
        },
      },
    })
  })
  const port = await listenOn(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    ends,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await upstream[Symbol.asyncDispose]()
    },
  }
}
