import { z } from 'zod'
import { count, duration } from '../base/scalars.ts'

/** The largest target is 2³², so that a sub-puzzle costs at most 2³² expected hashes. */
const HASHES_PER_PUZZLE = 2 ** 32

/** Kinds of challenge that a configuration may name. */
export const challengeKindSchema = z
  .enum(['pow'], { error: 'must be a known kind of challenge: pow' })
  .describe('The kind of challenge.')

/** Expected hashes of a challenge in all. */
export const workSchema = count({ min: '1', max: '256G' }).describe(
  'Expected number of hashes that a challenge costs in all.',
)

/** `challenge`: what visitors are asked to do. */
export const challengeSchema = z
  .strictObject({
    ttl: duration({ min: '1s', max: '24h' })
      .prefault('30m')
      .describe('How long an issued challenge can be answered.'),
    kind: challengeKindSchema.prefault('pow'),
    work: workSchema.prefault(1_048_576),
    puzzles: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(64, 'must be at most 64')
      .prefault(16)
      .describe('Sub-puzzles of one challenge; more of them make waiting times more even.'),
  })
  .refine(({ work, puzzles }) => work <= puzzles * HASHES_PER_PUZZLE, {
    path: ['work'],
    error: 'must be at most puzzles × 4294967296',
  })
  .refine(({ work, puzzles }) => work >= puzzles, {
    path: ['work'],
    error: 'must be at least one hash for each of the puzzles',
  })
  .prefault({})
  .describe('What visitors are asked to do.')
