import { z } from 'zod'
import { count } from '../base/scalars.ts'

/** `rates`: how many prefixes or passes are counted at once; 45 bytes each, so 2.9 MB for each count by default; distinct paths 521 bytes for an eighth of them, 4.3 MB. */
export const ratesSchema = z
  .strictObject({
    capacity: count({ min: '1k', max: '1M' })
      .prefault(65_536)
      .describe(
        'How many address prefixes or passes are counted at once, for each count that a rule asks for; those least recently seen make room. Distinct paths: an eighth of it.',
      ),
  })
  .prefault({})
  .describe('The memory of the counts that rules ask for.')

export type RatesOptions = z.output<typeof ratesSchema>
