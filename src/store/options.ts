import { z } from 'zod'
import { count, duration } from '../base/scalars.ts'

/**
 * `store`: where challenges and passes are remembered. `capacity` is in entries; the upper bound keeps the largest
 * map near 1 GB, well inside what one SharedArrayBuffer can hold.
 */
export const storeSchema = z
  .strictObject({
    backend: z
      .literal('memory', { error: 'must be memory; sqlite and valkey are not supported yet' })
      .prefault('memory')
      .describe('Where challenges and passes are remembered.'),
    capacity: count({ min: '1', max: '16M' })
      .prefault('1M')
      .describe('How many challenges are remembered at most; the oldest unanswered ones make room.'),
    cleanup_interval: duration({ min: '1s', max: '24h' })
      .prefault('1m')
      .describe('How often decayed entries are swept out.'),
  })
  .prefault({})
  .describe('Where challenges and passes are remembered.')
