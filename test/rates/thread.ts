/** Counts for the same keys as all other threads of the test; `workerData` is a `ThreadTask`. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachRates } from '../../src/rates/create.ts'
import type { RatesHandle } from '../../src/rates/rates.ts'

export interface ThreadTask {
  readonly handle: RatesHandle
  readonly owner: number
  readonly threads: number
  readonly keys: number
  /** How often every key is noted by each thread; each time is a slice of the window later. */
  readonly times: number
  readonly window: number
  /** One word: how many have come to the meeting points. */
  readonly shared: Int32Array<SharedArrayBuffer>
}

const STEPS_TOGETHER = 16
const task: ThreadTask = workerData
const { shared, threads, keys, times, window } = task
let time = 0
let met = 0
const rates = attachRates(task.handle, { owner: task.owner, clock: () => 1e6 + time * (window / 8) })

/** All threads go on together when the last one has come, so that they meet at the same keys. */
const meet = (): void => {
  met++
  Atomics.add(shared, 0, 1)
  while (Atomics.load(shared, 0) < met * threads) Atomics.pause()
}

for (time = 0; time < times; time++) {
  for (let key = 0; key < keys; key++) {
    if (key % STEPS_TOGETHER === 0) meet()
    const who = { address: { words: [0, 0, 0xffff, key << 8] as const } }
    rates.note('requests', who)
    rates.notePath(who, `/${time}/${task.owner}`)
  }
}
parentPort?.postMessage('done')
