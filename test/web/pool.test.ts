import { expect, test } from 'vitest'
import type { ChallengeJson } from '../../src/protocol.ts'
import type { Order, Report, Task } from '../../web/challenge/orders.ts'
import { type PoolParts, solveWithPool } from '../../web/challenge/pool.ts'

const challengeOf = (puzzles: number): ChallengeJson => ({
  id: 'id',
  kind: 'pow',
  seed: 'seed',
  puzzles,
  target: 1,
  expires: 0,
  answer: '/answer',
})

/** A solver moved by hand. */
const createFake = () => {
  const tasks: Task[] = []
  const state = {
    tasks,
    stopped: false,
    report: (() => {}) as (report: Report) => void,
    fail: (): void => {},
    solve(puzzle: number): void {
      const task = tasks.find((it) => it.puzzle === puzzle)
      if (!task) throw new Error(`not at work on ${puzzle}`)
      tasks.splice(tasks.indexOf(task), 1)
      state.report({ hashes: 10, puzzle, lane: task.lane, nonce: 100 * puzzle + task.lane })
    },
    start: (onReport: (report: Report) => void, onFailure: () => void) => {
      state.report = onReport
      state.fail = onFailure
      const order = (it: Order): void => {
        if ('task' in it) tasks.push(it.task)
        else
          tasks.splice(
            tasks.findIndex((task) => task.puzzle === it.drop),
            1,
          )
      }
      return { order, stop: () => void (state.stopped = true) }
    },
  }
  return state
}

const startPool = (puzzles: number, solvers: number, parts: Partial<PoolParts> = {}) => {
  const workers = Array.from({ length: solvers }, createFake)
  const local = createFake()
  const waiting = [...workers]
  let losePatience = (): void => {}
  const solution = solveWithPool({
    challenge: challengeOf(puzzles),
    solvers,
    startWorker: (...args) => waiting.shift()!.start(...args),
    startLocal: local.start,
    onProgress: () => {},
    patience(run) {
      losePatience = run
      return () => void (losePatience = () => {})
    },
    ...parts,
  })
  return { workers, local, solution, losePatience: () => losePatience() }
}

const workOf = (fake: { readonly tasks: readonly Task[] } | undefined): string[] =>
  fake?.tasks.map(({ puzzle, lane }) => `${puzzle}/${lane}`) ?? []

test('sub-puzzles are handed out in order, one ahead', () => {
  const { workers } = startPool(6, 2)
  expect(workers.map(workOf)).toEqual([
    ['0/0', '1/0'],
    ['2/0', '3/0'],
  ])
})

test('an idle solver helps an unfinished sub-puzzle on a lane of its own', () => {
  const { workers } = startPool(2, 2)
  expect(workers.map(workOf)).toEqual([
    ['0/0', '1/0'],
    ['1/1', '0/1'],
  ])
})

test('the first solution wins and the others are told to drop it', async () => {
  const { workers, solution } = startPool(2, 2)
  workers[1]!.solve(1)
  expect(workers.map(workOf)).toEqual([['0/0'], ['0/1']])
  workers[1]!.solve(0)
  expect(await solution).toEqual({ nonces: [1, 101], lanes: [1, 1] })
  expect(workers.every((worker) => worker.stopped)).toBe(true)
})

test('a late solution of a solved sub-puzzle changes nothing', async () => {
  const { workers, solution } = startPool(2, 2)
  const [first, second] = workers
  second!.solve(1)
  first!.report({ hashes: 1, puzzle: 1, lane: 0, nonce: 9 })
  first!.solve(0)
  expect(await solution).toEqual({ nonces: [0, 101], lanes: [0, 1] })
})

test('what a failed worker had is taken over on a new lane', async () => {
  const { workers, solution } = startPool(3, 2)
  const [first, second] = workers
  first!.fail()
  expect(first!.stopped).toBe(true)
  second!.solve(2)
  second!.solve(0)
  second!.solve(1)
  expect((await solution).nonces).toHaveLength(3)
})

test('when no worker can be started the page itself searches', async () => {
  const refuse = (): never => {
    throw new Error('refused')
  }
  const { local, solution } = startPool(1, 2, { startWorker: refuse })
  local.solve(0)
  expect(await solution).toEqual({ nonces: [0], lanes: [0] })
})

test('when the last worker fails the page itself searches', async () => {
  const { workers, local, solution } = startPool(1, 2)
  for (const worker of workers) worker.fail()
  local.solve(0)
  expect(await solution).toEqual({ nonces: [2], lanes: [2] })
})

test('workers that never say a word are helped by the page, and those that speak are not', () => {
  const silent = startPool(1, 1)
  silent.losePatience()
  expect(workOf(silent.local)).toEqual(['0/1'])
  const talking = startPool(1, 1)
  talking.workers[0]!.report({ kernel: 'simd' })
  talking.losePatience()
  expect(workOf(talking.local)).toEqual([])
})

test('lanes end at 255', () => {
  const { workers } = startPool(1, 300)
  expect(workers.filter((worker) => worker.tasks.length > 0)).toHaveLength(256)
})

test('hashes and solved sub-puzzles are added up', () => {
  const told: [number, number][] = []
  const { workers } = startPool(3, 1, { onProgress: (solved, hashes) => void told.push([solved, hashes]) })
  workers[0]!.report({ hashes: 5 })
  workers[0]!.solve(0)
  expect(told).toEqual([
    [0, 5],
    [1, 15],
  ])
})
