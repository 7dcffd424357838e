import { hash } from 'node:crypto'
import { POW_DOMAIN } from '../../protocol.ts'
import type { AnswerFields, ChallengeKind, Judgement, Terms } from '../kind.ts'

const MESSAGE_BYTES = 52
const LANES = 256
const NONCES = 2 ** 32
const LARGEST_TARGET = 2 ** 32 - 1

const isNumberBelow = (value: unknown, limit: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit

/** JSON sends an array of numbers, a form one text of decimal numbers with commas between. */
const numbersIn = (value: unknown, count: number, limit: number): readonly number[] | undefined => {
  const list: unknown =
    typeof value === 'string' && /^\d{1,10}(,\d{1,10})*$/.test(value) ? value.split(',').map(Number) : value
  if (!Array.isArray(list) || list.length !== count) return undefined
  return list.every((entry): entry is number => isNumberBelow(entry, limit)) ? list : undefined
}

/**
 * Proof of work over SHA-256: sub-puzzle i is solved when the last word of
 * SHA-256("tollgat1" ‖ seed ‖ i ‖ lane ‖ nonce), numbers as 4 big-endian bytes, is below the target. One block a
 * try, the nonce as the last word and the score in the last word of the digest: that is what a browser can
 * compute nearly as fast as native code.
 */
export const createPow = (): ChallengeKind => {
  const message = Buffer.alloc(MESSAGE_BYTES)
  message.write(POW_DOMAIN, 'latin1')
  const scoreOf = (puzzle: number, lane: number, nonce: number): number => {
    message.writeUInt32BE(puzzle, 40)
    message.writeUInt32BE(lane, 44)
    message.writeUInt32BE(nonce, 48)
    return Number.parseInt(hash('sha256', message, 'hex').slice(56), 16)
  }
  const judge = (seed: Buffer, { puzzles, target }: Terms, answer: AnswerFields): Judgement => {
    const nonces = numbersIn(answer.get('nonces'), puzzles, NONCES)
    const sentLanes = answer.get('lanes')
    const lanes = sentLanes === undefined ? undefined : numbersIn(sentLanes, puzzles, LANES)
    if (!nonces || (sentLanes !== undefined && !lanes)) return 'malformed'
    message.set(seed, 8)
    for (let i = 0; i < puzzles; i++) if (scoreOf(i, lanes?.[i] ?? 0, nonces[i]!) >= target) return 'wrong'
    return 'solved'
  }
  return {
    name: 'pow',
    terms: (work, puzzles) => ({
      puzzles,
      target: Math.max(1, Math.min(LARGEST_TARGET, Math.floor((puzzles * 2 ** 32) / work))),
    }),
    work: ({ puzzles, target }) => (puzzles * 2 ** 32) / target,
    judge,
  }
}
