import type { ChallengeJson } from '../../src/protocol.ts'
import type { Order, Report } from './orders.ts'

/** Someone who searches: a worker, or the page itself. */
export interface Solver {
  order(order: Order): void
  stop(): void
}

/** Starts a solver; it tells its reports, and once if it has failed and is of no more use. */
export type StartSolver = (onReport: (report: Report) => void, onFailure: () => void) => Solver

export interface PoolParts {
  readonly challenge: ChallengeJson
  readonly solvers: number
  readonly startWorker: StartSolver
  /** Used when no worker is left. */
  readonly startLocal: StartSolver
  /** Told after each report: sub-puzzles solved and hashes tried so far. */
  readonly onProgress: (solved: number, hashes: number) => void
  /** Calls back once unless cancelled by the function it returns; for workers that never say a word. */
  readonly patience: (run: () => void) => () => void
}

export interface Solution {
  readonly nonces: readonly number[]
  readonly lanes: readonly number[]
}

interface Puzzle {
  readonly index: number
  nonce: number
  lane: number
  /** Lanes given out so far. */
  lanes: number
  readonly members: Set<Member>
}

interface Member {
  readonly solver: Solver
  readonly puzzles: Set<Puzzle>
}

/** One being searched and one waiting, so that nobody idles while a message travels. */
const AHEAD = 2
const LANES = 256

/** Sub-puzzles from a queue; when it is empty, idle solvers help an unfinished one on a lane of their own. */
export const solveWithPool = (parts: PoolParts): Promise<Solution> =>
  new Promise((resolve) => {
    const { challenge, onProgress } = parts
    const members = new Set<Member>()
    const puzzles = Array.from({ length: challenge.puzzles }, (_, index): Puzzle => ({
      index,
      nonce: -1,
      lane: 0,
      lanes: 0,
      members: new Set(),
    }))
    let solved = 0
    let hashes = 0
    let hasLocal = false

    const next = (member: Member): Puzzle | undefined => {
      const open = puzzles.filter((it) => it.nonce < 0 && it.lanes < LANES && !it.members.has(member))
      // Of equals the last: it is the one that its member has only queued.
      return (
        open.find((it) => it.lanes === 0) ??
        open.reduceRight<Puzzle | undefined>(
          (best, it) => (best && best.members.size <= it.members.size ? best : it),
          undefined,
        )
      )
    }
    const fill = (member: Member): void => {
      while (member.puzzles.size < AHEAD) {
        const puzzle = next(member)
        if (!puzzle) return
        puzzle.members.add(member)
        member.puzzles.add(puzzle)
        const { seed, target } = challenge
        member.solver.order({ task: { seed, target, puzzle: puzzle.index, lane: puzzle.lanes++ } })
      }
    }
    const finish = (): void => {
      cancelPatience()
      for (const member of members) member.solver.stop()
      members.clear()
      resolve({ nonces: puzzles.map((it) => it.nonce), lanes: puzzles.map((it) => it.lane) })
    }
    const settle = (puzzle: Puzzle, finder: Member, nonce: number, lane: number): void => {
      puzzle.nonce = nonce
      puzzle.lane = lane
      solved++
      const busy = [...puzzle.members]
      for (const member of busy) {
        member.puzzles.delete(puzzle)
        if (member !== finder) member.solver.order({ drop: puzzle.index })
      }
      for (const member of busy) fill(member)
    }
    const remove = (member: Member): void => {
      if (!members.delete(member)) return
      member.solver.stop()
      for (const puzzle of member.puzzles) puzzle.members.delete(member)
      if (members.size === 0) addLocal()
    }
    const add = (start: StartSolver): void => {
      const hear = (report: Report): void => {
        if (!members.has(member)) return
        cancelPatience()
        if ('hashes' in report) hashes += report.hashes
        const puzzle = 'puzzle' in report ? puzzles[report.puzzle] : undefined
        if (puzzle && puzzle.nonce < 0 && 'nonce' in report) settle(puzzle, member, report.nonce, report.lane)
        onProgress(solved, hashes)
        if (solved === puzzles.length) finish()
      }
      const member: Member = { solver: start(hear, () => remove(member)), puzzles: new Set() }
      members.add(member)
      fill(member)
    }
    const addLocal = (): void => {
      if (hasLocal) return
      hasLocal = true
      add(parts.startLocal)
    }
    const cancelPatience = parts.patience(addLocal)
    for (let i = 0; i < parts.solvers; i++) {
      try {
        add(parts.startWorker)
      } catch {
        break
      }
    }
    if (members.size === 0) addLocal()
  })
