import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { AnswerJson, ChallengeJson } from '../../protocol.ts'
import type { PuzzleShare, SolvedPuzzle } from './search.ts'

export interface SolveParts {
  readonly challenge: ChallengeJson
  readonly threads: number
  /** Told how many sub-puzzles are solved. */
  readonly onProgress: (solved: number) => void
}

const workerFile = new URL(`./pow-worker${extname(import.meta.url)}`, import.meta.url)

const runShare = async (share: PuzzleShare, onSolved: (solved: SolvedPuzzle) => void): Promise<void> => {
  const worker = new Worker(workerFile, { workerData: share })
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', onSolved)
      worker.once('error', reject)
      worker.once('exit', () => resolve())
    })
  } finally {
    await worker.terminate()
  }
}

/** Solves all sub-puzzles, shared out over threads. */
export const solvePow = async ({
  challenge,
  threads,
  onProgress,
}: SolveParts): Promise<Omit<AnswerJson, 'id'>> => {
  const { kind, seed, target, puzzles } = challenge
  if (kind !== 'pow') throw new Error(`the kind of challenge ${JSON.stringify(kind)} is not known here`)
  const solved = new Map<number, SolvedPuzzle>()
  const step = Math.max(1, Math.min(threads, puzzles))
  const shares = Array.from({ length: step }, (_, first) => ({ seed, target, puzzles, first, step }))
  const onSolved = (found: SolvedPuzzle): void => {
    solved.set(found.puzzle, found)
    onProgress(solved.size)
  }
  await Promise.all(shares.map((share) => runShare(share, onSolved)))
  const inOrder = Array.from({ length: puzzles }, (_, puzzle) => solved.get(puzzle))
  if (inOrder.includes(undefined)) throw new Error('a sub-puzzle was left unsolved')
  const nonces = inOrder.map((found) => found?.nonce ?? 0)
  const lanes = inOrder.map((found) => found?.lane ?? 0)
  return lanes.some((lane) => lane > 0) ? { nonces, lanes } : { nonces }
}
