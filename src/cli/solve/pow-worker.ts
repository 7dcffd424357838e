import { parentPort, workerData } from 'node:worker_threads'
import { searchShare } from './search.ts'
import type { PuzzleShare } from './search.ts'

for (const solved of searchShare(workerData as PuzzleShare)) parentPort?.postMessage(solved)
