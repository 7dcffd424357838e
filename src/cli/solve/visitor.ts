import { Agent, request } from 'undici'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { AnswerJson, ChallengeJson } from '../../protocol.ts'
import { parseChallenge, parseProblem } from './wire.ts'

const MOST_BYTES = 1_000_000
const PATIENCE_MS = 30_000
const USER_AGENT = 'Mozilla/5.0 (compatible; tollgate solve)'

/** A cookie that opens the gate. */
export interface PassCookie {
  readonly name: string
  readonly value: string
}

const boundedText = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MOST_BYTES) throw new Error('the answer is larger than 1 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const cookieOf = (header: string | string[] | undefined): PassCookie | undefined => {
  for (const line of [header ?? []].flat()) {
    const pair = line.split(';', 1)[0] ?? ''
    const at = pair.indexOf('=')
    if (at > 0 && at < pair.length - 1)
      return { name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }
  }
  return undefined
}

/** Talks to the gateway as a browser would that visits `url`; closes its connections when disposed of. */
export const createVisitor = (url: URL) => {
  const dispatcher = new Agent()
  const common = { 'user-agent': USER_AGENT, 'accept-language': 'en' }

  const ask = async (): Promise<Parsed<ChallengeJson>> => {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        ...common,
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'sec-fetch-mode': 'navigate',
      },
    })
    const text = await boundedText(body)
    const action = headers['tollgate-action']
    if (action === 'deny') return bad(`${url.href} is denied (status ${statusCode})`)
    const challenge = parseChallenge(text)
    if (challenge.ok || action === 'challenge') return challenge
    return bad(`${url.href} asks for no challenge (status ${statusCode})`)
  }

  const answer = async (
    challenge: ChallengeJson,
    solution: Omit<AnswerJson, 'id'>,
  ): Promise<Parsed<PassCookie>> => {
    const target = new URL(challenge.answer, url)
    if (target.origin !== url.origin) return bad('the challenge wants its answer sent to another site')
    const json: AnswerJson = { id: challenge.id, ...solution }
    const { statusCode, headers, body } = await request(target, {
      dispatcher,
      method: 'POST',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        ...common,
        accept: 'application/json',
        'content-type': 'application/json',
        origin: url.origin,
      },
      body: JSON.stringify(json),
    })
    const text = await boundedText(body)
    const cookie = cookieOf(headers['set-cookie'])
    if (statusCode === 204 && cookie !== undefined) return good(cookie)
    const problem = parseProblem(text)
    const why = problem === undefined ? '' : `: ${problem.reason ?? problem.title}`
    return bad(`the answer was not accepted (status ${statusCode})${why}`)
  }

  return { ask, answer, [Symbol.asyncDispose]: () => dispatcher.close() }
}
