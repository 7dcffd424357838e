import { createPlainKernel } from './kernel/plain.ts'
import type { Report } from './orders.ts'
import { createPause } from './pause.ts'
import type { StartSolver } from './pool.ts'
import { createSearcher } from './searcher.ts'

/** How many workers for what the browser says of its cores, which may be nothing or nonsense. */
export const workerCount = (hardwareConcurrency: unknown): number => {
  const cores = typeof hardwareConcurrency === 'number' && hardwareConcurrency >= 1 ? hardwareConcurrency : 2
  return Math.min(Math.floor(cores), 8)
}

/** Starts loading the worker's script at once, while the page is still being read. */
export const createWorkerSolver = (url: string): StartSolver => {
  const spawn = (): Worker => new Worker(url)
  let first: Worker | undefined
  let isBroken = false
  try {
    first = spawn()
    first.addEventListener('error', () => (isBroken = true))
  } catch {
    // Tried again, and told, when a solver is wanted.
  }
  return (onReport, onFailure) => {
    const worker = first ?? spawn()
    if (first && isBroken) queueMicrotask(onFailure)
    first = undefined
    worker.addEventListener('message', (event: MessageEvent<Report>) => onReport(event.data))
    worker.addEventListener('error', onFailure)
    worker.addEventListener('messageerror', onFailure)
    return { order: (order) => worker.postMessage(order, []), stop: () => worker.terminate() }
  }
}

/** The page itself, in stretches short enough that it stays alive. */
export const localSolver: StartSolver = (onReport) => {
  let stopped = false
  const report = (message: Report): void => {
    if (!stopped) onReport(message)
  }
  const pause = createPause()
  const now = (): number => performance.now()
  const order = createSearcher({ kernel: createPlainKernel(), report, now, pause })
  return {
    // A turn later, so that nothing is reported to someone who is still being set up.
    order: (message) => queueMicrotask(() => order(message)),
    stop: () => {
      stopped = true
    },
  }
}
