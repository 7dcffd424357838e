import type { Senses } from '../../policy/senses.ts'

/** What a rule may ask of the world that a log does not tell. */
export const UNKNOWNS = ['names', 'block_list', 'lists', 'databases', 'load'] as const
export type Unknown = (typeof UNKNOWNS)[number]

/** Senses for which the world is as little known as it is to a log, and which notice when they are asked. */
export interface BlindSenses {
  readonly senses: Omit<Senses, 'count'>
  /** What was asked since the last call. */
  taken(): ReadonlySet<Unknown> | undefined
}

/** @param random 0 ≤ x < 1. */
export const createBlindSenses = (random: () => number): BlindSenses => {
  let asked: Set<Unknown> | undefined
  const blind = <Answer>(what: Unknown, answer: Answer): Answer => {
    asked ??= new Set()
    asked.add(what)
    return answer
  }
  return {
    senses: {
      reverse: () => blind('names', []),
      forward: () => blind('names', []),
      blocked: () => blind('block_list', undefined),
      country: () => blind('databases', undefined),
      asn: () => blind('databases', undefined),
      listed: () => blind('lists', false),
      load: () => blind('load', [0, 0, 0] as const),
      random,
    },
    taken() {
      const last = asked
      asked = undefined
      return last
    },
  }
}
