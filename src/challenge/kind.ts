/** The seam of challenge kinds: types only. A kind gets no store, no clock and no response. */

/** What a kind asks of the visitor: two 32-bit numbers whose meaning is the kind's own. */
export interface Terms {
  /** `pow`: how many sub-puzzles. 1 … 255. */
  readonly puzzles: number
  /** `pow`: the number below which a score solves. 1 … 2³²−1. */
  readonly target: number
}

/** The fields of an answer as they were sent, JSON or form; nothing about them is checked yet. */
export type AnswerFields = Pick<ReadonlyMap<string, unknown>, 'get'>

/** `malformed`: the fields are not of this kind's shape. `wrong`: they are, but do not solve. */
export type Judgement = 'solved' | 'wrong' | 'malformed'

export interface ChallengeKind {
  readonly name: string
  /** Terms whose expected work is `work` hashes, spread over `puzzles` sub-puzzles. */
  terms(work: number, puzzles: number): Terms
  /** Expected hashes in all. */
  work(terms: Terms): number
  /** Stops at the first fault. `seed` is 32 bytes. */
  judge(seed: Buffer, terms: Terms, answer: AnswerFields): Judgement
}
