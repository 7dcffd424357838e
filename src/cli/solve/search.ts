import { hash } from 'node:crypto'
import { POW_DOMAIN } from '../../protocol.ts'

/** The sub-puzzles `first`, `first + step`, … below `puzzles`. */
export interface PuzzleShare {
  readonly seed: string
  readonly target: number
  readonly puzzles: number
  readonly first: number
  readonly step: number
}

export interface SolvedPuzzle {
  readonly puzzle: number
  readonly lane: number
  readonly nonce: number
}

const SEED_AT = 8
const PUZZLE_AT = 40
const LANE_AT = 44
const NONCE_AT = 48
const MESSAGE_BYTES = 52
const LAST_LANE = 255
const LAST_NONCE = 2 ** 32 - 1

const messageOf = (seed: string, puzzle: number): Buffer => {
  const message = Buffer.alloc(MESSAGE_BYTES)
  message.write(POW_DOMAIN, 'latin1')
  message.set(Buffer.from(seed, 'base64url').subarray(0, 32), SEED_AT)
  message.writeUInt32BE(puzzle, PUZZLE_AT)
  return message
}

const scoreOf = (message: Buffer): number => hash('sha256', message, 'buffer').readUInt32BE(28)

/** The first lane and nonce whose score is below the target. */
export const searchPuzzle = (seed: string, target: number, puzzle: number): SolvedPuzzle => {
  const message = messageOf(seed, puzzle)
  for (let lane = 0; lane <= LAST_LANE; lane++) {
    message.writeUInt32BE(lane, LANE_AT)
    for (let nonce = 0; nonce <= LAST_NONCE; nonce++) {
      message.writeUInt32BE(nonce, NONCE_AT)
      if (scoreOf(message) < target) return { puzzle, lane, nonce }
    }
  }
  throw new Error('the puzzle has no solution')
}

/** Solves a share, one sub-puzzle after the other. */
export function* searchShare({ seed, target, puzzles, first, step }: PuzzleShare): Generator<SolvedPuzzle> {
  for (let puzzle = first; puzzle < puzzles; puzzle += step) yield searchPuzzle(seed, target, puzzle)
}
