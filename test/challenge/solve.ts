import { createHash } from 'node:crypto'

/** The contract's score, worked out here on its own: the last word of SHA-256 of one 52-byte message. */
export const scoreOf = (seed: Buffer, puzzle: number, lane: number, nonce: number): number => {
  const words = Buffer.alloc(12)
  words.writeUInt32BE(puzzle, 0)
  words.writeUInt32BE(lane, 4)
  words.writeUInt32BE(nonce, 8)
  const digest = createHash('sha256').update('tollgat1').update(seed).update(words).digest()
  return digest.readUInt32BE(28)
}

export interface Puzzle {
  readonly seed: string | Buffer
  readonly puzzles: number
  readonly target: number
}

/** One nonce for each sub-puzzle, on the lanes given (all 0 otherwise). */
export const solve = ({ seed, puzzles, target }: Puzzle, lanes: readonly number[] = []): number[] => {
  const bytes = typeof seed === 'string' ? Buffer.from(seed, 'base64url') : seed
  return Array.from({ length: puzzles }, (_, i) => {
    let nonce = 0
    while (scoreOf(bytes, i, lanes[i] ?? 0, nonce) >= target) nonce++
    return nonce
  })
}

/** Nonces of which the last does not solve. */
export const solveBadly = (puzzle: Puzzle): number[] => {
  const nonces = solve(puzzle)
  const seed = typeof puzzle.seed === 'string' ? Buffer.from(puzzle.seed, 'base64url') : puzzle.seed
  let nonce = 0
  while (scoreOf(seed, puzzle.puzzles - 1, 0, nonce) < puzzle.target) nonce++
  return [...nonces.slice(0, -1), nonce]
}
