/** The seam of the kernels: what finds nonces. Types only. */

export type KernelName = 'simd' | 'javascript' | 'subtle' | 'plain'

/** Looks for a nonce of one sub-puzzle at a time. */
export interface Kernel {
  readonly name: KernelName
  /** How many nonces one `search` should be given so that it returns within a few milliseconds at most. */
  readonly slice: number
  /** Words 0 … 11 of the message: tag, seed, sub-puzzle, lane. */
  load(words: Int32Array): void
  /**
   * Tries `count` nonces (a multiple of 4) from `start`, wrapping at 2³². Returns the offset of the first one
   * whose score is below `target`, or −1.
   */
  search(start: number, count: number, target: number): number | Promise<number>
}
