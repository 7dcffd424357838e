import type { ChallengeJson } from '../protocol.ts'
import type { Issued } from './challenges.ts'

/** A challenge as it crosses the wire. @param answer Path to post the answer to. */
export const challengeJsonOf = ({ token, seed, challenge }: Issued, answer: string): ChallengeJson => ({
  id: token,
  kind: challenge.kind,
  seed: seed.toString('base64url'),
  puzzles: challenge.terms.puzzles,
  target: challenge.terms.target,
  expires: challenge.expires,
  answer,
})
