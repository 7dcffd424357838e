/** Counts for the same few keys as all other threads of the test; `workerData` is a `ThreadTask`. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachRates } from '../../src/rates/create.ts'
import type { RatesHandle } from '../../src/rates/rates.ts'

export interface ThreadTask {
  readonly handle: RatesHandle
  readonly owner: number
  readonly rounds: number
  readonly keys: number
  /** Slices of the window that pass meanwhile. */
  readonly slices: number
  readonly window: number
}

const task: ThreadTask = workerData
let round = 0
const clock = (): number => 1e6 + Math.floor((round / task.rounds) * task.slices) * (task.window / 8)
const rates = attachRates(task.handle, { owner: task.owner, clock })
for (; round < task.rounds; round++) {
  const who = { address: { words: [0, 0, 0xffff, (round % task.keys) << 8] as const } }
  rates.note('requests', who)
  rates.notePath(who, `/${round % (task.keys * 500)}`)
}
parentPort?.postMessage('done')
