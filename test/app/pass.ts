import type { ChallengeJson } from '../../src/protocol.ts'
import { answerOf, ask } from '../gateway/gate.ts'

type Headers = Readonly<Record<string, string>>

export const challengeAt = async (port: number, headers: Headers = {}): Promise<ChallengeJson> =>
  (await ask(port, { path: '/.tollgate/challenge', headers })).challenge()

/** A pass as a `Cookie` value, for the host that the headers name. */
export const passAt = async (port: number, headers: Headers = {}): Promise<string> => {
  const reply = await ask(port, {
    method: 'POST',
    path: '/.tollgate/answer',
    headers: { 'content-type': 'application/json', ...headers },
    body: answerOf(await challengeAt(port, headers)),
  })
  return reply.headers['set-cookie']![0]!.split(';')[0]!
}
