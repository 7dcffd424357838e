/** What the supervisor knows of its worker threads. Types only. */
import type { WorkerSnapshot } from '../protocol.ts'

export interface WorkerStatus extends Omit<WorkerSnapshot, 'requests' | 'eventLoopDelayMs'> {
  /** Its row in the tally. */
  readonly row: number
}

export const WORKER_STATES = [
  'starting',
  'ready',
  'draining',
  'gone',
] as const satisfies readonly WorkerSnapshot['state'][]
