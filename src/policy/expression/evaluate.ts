import type { Frame } from './frame.ts'
import { EvaluationFault } from './value.ts'

/** How often an expression is evaluated while its lookups are answered: each may lead to the next. */
const MOST_ROUNDS = 8

const TOO_MANY_ROUNDS = new EvaluationFault(`the lookups are not answered after ${MOST_ROUNDS} rounds`)

const later = async <Source>(frame: Frame<Source>, round: () => boolean): Promise<boolean> => {
  for (let left = MOST_ROUNDS - 1; left > 0; left--) {
    await Promise.all(frame.takePending())
    frame.restart()
    try {
      return round()
    } catch (cause) {
      if (!frame.isPending()) throw cause
    }
  }
  throw TOO_MANY_ROUNDS
}

/**
 * The value at once when no lookup stands in the way of it, else a promise. Throws or rejects with an
 * `EvaluationFault` when there is none.
 */
export const settle = <Source>(frame: Frame<Source>, round: () => boolean): boolean | Promise<boolean> => {
  try {
    return round()
  } catch (cause) {
    if (!frame.isPending()) throw cause
    return later(frame, round)
  }
}
