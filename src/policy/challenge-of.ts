import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

/** What a challenge is unless a rule says otherwise. */
export interface ChallengeDefaults {
  readonly kind: string
  /** Expected hashes. */
  readonly work: number
  /** Sub-puzzles; bounds the work (each costs at most 2³² expected hashes). */
  readonly puzzles: number
}

/** How Anubis names its challenges. */
export const ALGORITHMS = ['fast', 'slow', 'metarefresh', 'preact'] as const
/** Its largest difficulty. */
export const HARDEST = 64

interface Asked {
  readonly kind?: string
  readonly work?: number
  readonly algorithm?: (typeof ALGORITHMS)[number]
  readonly difficulty?: number
}

/** What a challenge costs, and what of the wish could not be kept. */
export interface Priced {
  readonly kind: string
  readonly work: number
  readonly warning?: readonly [key: string, message: string]
}

/** The proof of work that stands for Anubis's kinds: as many expected hashes, whatever the kind. */
const KIND = 'pow'

const pricedByDifficulty = (difficulty: number, { puzzles }: ChallengeDefaults): Priced => {
  const asked = 16 ** difficulty
  const most = puzzles * 2 ** 32
  const work = Math.min(most, Math.max(puzzles, asked))
  if (work === asked) return { kind: KIND, work }
  if (asked < most) return { kind: KIND, work }
  const message = `asks for more than ${puzzles} puzzles × 4294967296 hashes; it costs that`
  return { kind: KIND, work, warning: ['difficulty', message] }
}

/**
 * Kind and work of the challenge of a rule. Anubis's algorithm and difficulty mean 16^difficulty expected hashes of
 * kind pow.
 */
export const challengeOf = (asked: Asked | undefined, defaults: ChallengeDefaults): Priced => {
  // A difficulty of 0 asks for the usual one.
  if (asked?.difficulty) return pricedByDifficulty(asked.difficulty, defaults)
  return { kind: asked?.kind ?? defaults.kind, work: asked?.work ?? defaults.work }
}

/** What is wrong with a challenge of the document: the key, and in words what follows it. */
export const challengeFaultOf = (
  asked: Asked,
  { puzzles }: ChallengeDefaults,
  kinds: readonly string[],
): Parsed<true> & { readonly key?: string } => {
  const { kind, work, algorithm, difficulty } = asked
  if ((algorithm ?? difficulty) !== undefined && (kind ?? work) !== undefined) {
    return {
      ...bad('stands for kind and work; write one or the other'),
      key: algorithm ? 'algorithm' : 'difficulty',
    }
  }
  if (kind !== undefined && !kinds.includes(kind)) {
    return { ...bad(`must be a known kind of challenge: ${kinds.join(', ')}`), key: 'kind' }
  }
  if (work !== undefined && work < puzzles) {
    return { ...bad(`must be at least one hash for each of the ${puzzles} puzzles`), key: 'work' }
  }
  if (work !== undefined && work > puzzles * 2 ** 32) {
    return { ...bad(`must be at most ${puzzles} puzzles × 4294967296`), key: 'work' }
  }
  return good(true)
}
