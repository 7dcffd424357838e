import type { Kernel } from './kernel/kernel.ts'
import { messageWords } from './kernel/message.ts'
import type { Order, Report, Task } from './orders.ts'

export interface SearcherParts {
  readonly kernel: Kernel
  readonly report: (report: Report) => void
  /** Milliseconds. */
  readonly now: () => number
  /** Lets orders come in; then resolves. */
  readonly pause: () => Promise<void>
}

/** Milliseconds of searching between two pauses: short enough to stop at once and to keep a page alive. */
const STRETCH = 8

/** Works through its tasks, one at a time, stopping between slices to hear orders. */
export const createSearcher = ({ kernel, report, now, pause }: SearcherParts): ((order: Order) => void) => {
  const queue: Task[] = []
  let running = false
  let paused = now()
  let hashes = 0

  const tell = (found?: { readonly puzzle: number; readonly lane: number; readonly nonce: number }): void => {
    report({ hashes, ...found })
    hashes = 0
  }
  const rest = async (): Promise<void> => {
    if (now() - paused < STRETCH) return
    tell()
    await pause()
    paused = now()
  }
  const search = async (task: Task): Promise<void> => {
    kernel.load(messageWords(task.seed, task.puzzle, task.lane))
    for (let start = 0; start < 2 ** 32 && queue[0] === task; start += kernel.slice) {
      const found = kernel.search(start, kernel.slice, task.target)
      const offset = typeof found === 'number' ? found : await found
      hashes += offset < 0 ? kernel.slice : offset + 1
      if (offset >= 0) tell({ puzzle: task.puzzle, lane: task.lane, nonce: start + offset })
      await rest()
      if (offset >= 0) break
    }
    if (queue[0] === task) queue.shift()
  }
  const run = async (): Promise<void> => {
    running = true
    for (let task = queue[0]; task; task = queue[0]) await search(task)
    running = false
  }
  return (order) => {
    if ('task' in order) queue.push(order.task)
    else {
      const at = queue.findIndex((task) => task.puzzle === order.drop)
      if (at >= 0) queue.splice(at, 1)
    }
    if (!running) void run()
  }
}
