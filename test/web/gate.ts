/** A small gate for browser tests: pages of `createPages` in front of a page of words. */
import { createHash, randomBytes } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPages } from '../../src/pages/create-pages.ts'
import type { AnswerFault, AnswerJson, ChallengeJson, PageChallenge } from '../../src/protocol.ts'
import { ensureWebBuilt } from '../../web/build.ts'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly referer: string
}

export interface GateOptions {
  /** Sub-puzzles and target of each challenge; 16 and 2^16/2^32 unless given. */
  readonly puzzles?: number
  readonly target?: number
  /** What becomes of the n-th answer (from 0); undefined verifies it. `drop` closes the connection. */
  readonly fate?: (n: number) => 'drop' | 'busy' | AnswerFault | undefined
  /** False: answers are accepted but the cookie is never set. */
  readonly setsCookie?: boolean
  /** False: the worker's file is not there. */
  readonly hasWorker?: boolean
  /** Replaces the policies of page and worker. */
  readonly policy?: (policy: string) => string
  /** Milliseconds before an answer is judged. */
  readonly delay?: number
}

const BASE = '/.tollgate'

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** The last word of SHA-256 of the contract's message. */
export const scoreOf = (seed: string, puzzle: number, lane: number, nonce: number): number => {
  const message = Buffer.alloc(52)
  message.write('tollgat1')
  message.set(Buffer.from(seed, 'base64url'), 8)
  message.writeUInt32BE(puzzle, 40)
  message.writeUInt32BE(lane, 44)
  message.writeUInt32BE(nonce, 48)
  return createHash('sha256').update(message).digest().readUInt32BE(28)
}

const isSolved = (challenge: ChallengeJson, { nonces, lanes }: AnswerJson): boolean =>
  nonces.length === challenge.puzzles &&
  nonces.every((nonce, i) => scoreOf(challenge.seed, i, lanes?.[i] ?? 0, nonce) < challenge.target)

export const startGate = async (options: GateOptions = {}) => {
  await ensureWebBuilt()
  const pages = createPages({ basePath: BASE })
  const seen: Seen[] = []
  const answers: AnswerJson[] = []
  const challenges = new Map<string, ChallengeJson>()

  const issue = (): PageChallenge => {
    const id = randomBytes(24).toString('base64url')
    const challenge: PageChallenge = {
      id,
      kind: 'pow',
      seed: randomBytes(32).toString('base64url'),
      puzzles: options.puzzles ?? 16,
      target: options.target ?? 1 << 20,
      expires: Math.floor(Date.now() / 1000) + 1800,
      answer: `${BASE}/answer`,
      reference: 'r3f-0123456789',
    }
    challenges.set(id, challenge)
    return challenge
  }
  const send = (
    response: ServerResponse,
    status: number,
    parts: { readonly headers: readonly string[]; readonly body: string | Buffer },
  ): void => {
    const policy = options.policy ?? ((value: string) => value)
    const headers = parts.headers.map((value, i) =>
      parts.headers[i - 1] === 'content-security-policy' ? policy(value) : value,
    )
    response.writeHead(status, headers)
    response.end(parts.body, 'latin1')
  }
  const refuse = (response: ServerResponse, status: number, reason: AnswerFault): void => {
    const fresh = status === 410 ? { challenge: issue() } : {}
    const document = {
      type: 'about:blank',
      title: reason,
      status,
      detail: '',
      reference: 'r',
      reason,
      ...fresh,
    }
    send(response, status, pages.problem(document))
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const given = JSON.parse(await bodyOf(request)) as AnswerJson
    if (options.delay) await new Promise((resolve) => setTimeout(resolve, options.delay))
    const fate = options.fate?.(answers.length)
    answers.push(given)
    const challenge = challenges.get(given.id)
    if (fate === 'drop') return void request.socket.destroy()
    if (fate === 'busy') return refuse(response, 503, fate)
    if (fate === 'expired') return refuse(response, 410, fate)
    if (fate) return refuse(response, 403, fate)
    if (!challenge || !isSolved(challenge, given)) return refuse(response, 403, 'wrong')
    const cookie =
      options.setsCookie === false
        ? {}
        : { 'set-cookie': 'tollgate-pass=yes; Path=/; HttpOnly; SameSite=Lax' }
    response.writeHead(204, cookie).end()
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, referer: headers.referer ?? '' })
    if (url === `${BASE}/answer`) return answer(request, response)
    if (url.startsWith(`${BASE}/assets/`)) {
      const asset = pages.asset(url.slice(`${BASE}/assets/`.length), headers['accept-encoding'])
      return asset && options.hasWorker !== false
        ? send(response, 200, asset)
        : void response.writeHead(404).end()
    }
    if (url === '/outside' || headers.cookie?.includes('tollgate-pass=yes')) {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(
        `<title>site</title><link rel=icon href="data:,"><h1>The site</h1><p id=url>${method} ${url}</p><a href="/deep/page?q=1&r=2#part">go</a>`,
      )
      return
    }
    send(response, 403, pages.challengePage(issue(), headers['accept-encoding']?.includes('gzip') ?? false))
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    seen,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
