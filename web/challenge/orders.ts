/** What the page and its workers say to each other. Types only. */
import type { KernelName } from './kernel/kernel.ts'

/** One sub-puzzle on one lane. */
export interface Task {
  readonly seed: string
  readonly puzzle: number
  readonly lane: number
  readonly target: number
}

/** To a worker. Tasks are worked on in the order they came; `drop` names a sub-puzzle another one solved. */
export type Order = { readonly task: Task } | { readonly drop: number }

/** From a worker. `hashes` counts since its last report. */
export type Report =
  | { readonly kernel: KernelName }
  | { readonly hashes: number }
  | { readonly hashes: number; readonly puzzle: number; readonly lane: number; readonly nonce: number }
