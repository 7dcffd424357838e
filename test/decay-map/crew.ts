import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { SHARED_HEAD } from './crew-shared.ts'
import type { ThreadResult, ThreadTask } from './crew-shared.ts'

/** Bundled once: a thread that strips types itself takes half a second to start. */
const threadCode = buildSync({
  entryPoints: [`${import.meta.dirname}/thread.ts`],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'esnext',
}).outputFiles[0]!.text

export interface CrewTask {
  readonly map: DecayMap
  readonly job: ThreadTask['job']
  readonly threads: number
  readonly rounds: number
  readonly lifetime: number
}

/** Threads at work on one map. */
export interface Crew {
  readonly workers: readonly Worker[]
  /** Winners of a race's round. */
  winners(round: number): number
  /** How far the churning thread with this owner number has come. */
  progress(owner: number): number
  /** Waits until that thread has come further than it is now. */
  onward(owner: number): Promise<void>
  stop(): void
  /** What each thread posted when it was done. */
  readonly results: Promise<readonly ThreadResult[]>
}

export function createCrew(task: CrewTask, firstOwner = 2): Crew {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (SHARED_HEAD + Math.max(256, task.rounds))))
  const workers = Array.from({ length: task.threads }, (_, index) => {
    const { map, ...rest } = task
    const workerData: ThreadTask = { ...rest, handle: map.handle, owner: firstOwner + index, shared }
    return new Worker(threadCode, { eval: true, workerData })
  })
  return {
    workers,
    winners: (round) => shared[SHARED_HEAD + round]!,
    progress: (owner) => Atomics.load(shared, SHARED_HEAD + owner),
    onward: async (owner) => {
      const at = SHARED_HEAD + owner
      const waiting = Atomics.waitAsync(shared, at, Atomics.load(shared, at))
      if (waiting.async) await waiting.value
    },
    stop: () => Atomics.store(shared, 0, 1),
    results: Promise.all(workers.map(resultOf)),
  }
}

/** A terminated thread has no result. */
async function resultOf(worker: Worker): Promise<ThreadResult> {
  const exit = once(worker, 'exit')
  const message = new Promise<ThreadResult | undefined>((resolve) => {
    worker.once('message', resolve)
    exit.then(
      () => resolve(undefined),
      () => resolve(undefined),
    )
  })
  const result = await message
  await exit
  return result ?? { done: 0, faults: [] }
}
