import type { DecayMapHandle } from '../../src/decay-map/decay-map.ts'

export interface ThreadTask {
  readonly job: 'race' | 'churn' | 'fill' | 'millions'
  readonly handle: DecayMapHandle
  readonly owner: number
  readonly threads: number
  readonly rounds: number
  readonly lifetime: number
  /** Word 0 goes from 0 to 1 when everybody should stop; 1 is the races' meeting point; then one word a round. */
  readonly shared: Int32Array<SharedArrayBuffer>
}

export interface ThreadResult {
  readonly done: number
  readonly faults: readonly string[]
}

/** Words of `shared` before the rounds. */
export const SHARED_HEAD = 2
