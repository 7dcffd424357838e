export interface Progress {
  /** 0 … 1, never less than before and 1 only at the end. */
  readonly value: number
  /** Undefined until there is a rate to estimate from. */
  readonly secondsLeft: number | undefined
}

/** Hashes that a challenge is expected to cost. */
export const expectedHashes = (puzzles: number, target: number): number =>
  Math.round((puzzles * 2 ** 32) / target)

/**
 * Solved sub-puzzles are certain; within the next one the bar nears its end without reaching it, because the
 * search has no memory: however long it took, the rest is as long as at the start.
 */
export const createProgress = (puzzles: number, target: number) => {
  const mean = 2 ** 32 / target
  let before = 0
  let lastSolved = 0
  let hashesThen = 0
  return (solved: number, hashes: number, milliseconds: number): Progress => {
    if (solved > lastSolved) hashesThen = hashes
    lastSolved = solved
    const within = solved < puzzles ? 1 - Math.exp((hashesThen - hashes) / mean) : 0
    before = Math.max(before, (solved + within) / puzzles)
    const rate = hashes / milliseconds
    const left = ((puzzles - solved) * mean) / rate / 1000
    return { value: before, secondsLeft: milliseconds > 200 && hashes > 0 ? left : undefined }
  }
}
