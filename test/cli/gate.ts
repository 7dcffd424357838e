import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CHALLENGE_ELEMENT_ID, POW_DOMAIN } from '../../src/protocol.ts'
import type { AnswerJson, ChallengeJson } from '../../src/protocol.ts'

const isSolved = ({ seed, target }: ChallengeJson, puzzle: number, lane: number, nonce: number): boolean => {
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32BE(puzzle, 0)
  numbers.writeUInt32BE(lane, 4)
  numbers.writeUInt32BE(nonce, 8)
  const hash = createHash('sha256').update(POW_DOMAIN).update(Buffer.from(seed, 'base64url')).update(numbers)
  return hash.digest().readUInt32BE(28) < target
}

const bodyOf = async (request: IncomingMessage): Promise<AnswerJson> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as AnswerJson
}

export interface GateParts {
  readonly challenge?: Partial<ChallengeJson>
  /** How the challenge is shown. */
  readonly show?: 'page' | 'problem' | 'none' | 'denied'
}

/** A small gate that judges answers by the contract's layout; written apart from the solver it tests. */
export const openGate = async ({ challenge: changes = {}, show = 'page' }: GateParts = {}) => {
  const challenge: ChallengeJson = {
    id: 'abc',
    kind: 'pow',
    seed: randomBytes(32).toString('base64url'),
    puzzles: 5,
    target: 2 ** 24,
    expires: 4_000_000_000,
    answer: '/.tollgate/answer',
    ...changes,
  }
  const present = (response: ServerResponse): void => {
    if (show === 'none') return void response.end('the site')
    response.writeHead(403, { 'tollgate-action': show === 'denied' ? 'deny' : 'challenge' })
    if (show === 'denied') return void response.end('no')
    if (show === 'problem')
      return void response.end(JSON.stringify({ title: 'Challenge', status: 403, challenge }))
    const json = JSON.stringify({ ...challenge, reference: 'r' })
    response.end(
      `<!doctype html><script type="application/json" id="${CHALLENGE_ELEMENT_ID}">${json}</script>`,
    )
  }
  const judge = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { id, nonces, lanes } = await bodyOf(request)
    const solved = nonces.every((nonce, puzzle) => isSolved(challenge, puzzle, lanes?.[puzzle] ?? 0, nonce))
    const right = id === challenge.id && nonces.length === challenge.puzzles && solved
    if (right) response.writeHead(204, { 'set-cookie': 'tollgate-pass=tok=en; Path=/; HttpOnly' }).end()
    else response.writeHead(403).end(JSON.stringify({ title: 'Wrong', reason: 'wrong' }))
  }
  const server = createServer((request, response) => {
    if (request.method === 'POST') void judge(request, response)
    else present(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/page?x=1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
