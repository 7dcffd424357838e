/** A visitor without a browser: asks for challenges and solves them. */
import { hash } from 'node:crypto'
import { DEFAULT_BASE_PATH, ENDPOINTS, POW_DOMAIN, type ChallengeJson } from '../src/protocol.ts'

export const ANSWER_PATH = DEFAULT_BASE_PATH + ENDPOINTS.answer

const solve = ({ seed, puzzles, target }: ChallengeJson): readonly number[] => {
  const message = Buffer.alloc(52)
  message.write(POW_DOMAIN, 'latin1')
  message.set(Buffer.from(seed, 'base64url'), 8)
  return Array.from({ length: puzzles }, (_, puzzle) => {
    message.writeUInt32BE(puzzle, 40)
    for (let nonce = 0; ; nonce++) {
      message.writeUInt32BE(nonce, 48)
      if (hash('sha256', message, 'buffer').readUInt32BE(28) < target) return nonce
    }
  })
}

/** A fresh challenge, noted by the gateway. */
export const fetchChallenge = async (port: number): Promise<ChallengeJson> => {
  const response = await fetch(`http://127.0.0.1:${port}${DEFAULT_BASE_PATH}${ENDPOINTS.challenge}?for=/`)
  return (await response.json()) as ChallengeJson
}

/** Solves one challenge. @returns The cookie as `name=value`. */
export const fetchPass = async (port: number): Promise<string> => {
  const challenge = await fetchChallenge(port)
  const response = await fetch(`http://127.0.0.1:${port}${challenge.answer}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: challenge.id, nonces: solve(challenge) }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0]
  if (!cookie) throw new Error(`the gateway gave no pass: ${response.status} ${await response.text()}`)
  return cookie
}
