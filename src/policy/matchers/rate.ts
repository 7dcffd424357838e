import { z } from 'zod'
import { good } from '../../base/parsed.ts'
import { count, duration } from '../../base/scalars.ts'
import { durationText } from '../../base/units.ts'
import type { MatcherKind } from '../matcher.ts'
import { COUNTED } from '../senses.ts'
import type { RateSpec } from '../senses.ts'

const COUNT_FAULT = `must be one of ${COUNTED.join(', ')}`
const PER_FAULT = 'must be address or pass'
/** The estimate of distinct paths means little above. */
const MOST_PATHS = 5000

interface RateOption extends RateSpec {
  readonly over: number
}

const schema = z
  .strictObject({
    count: z.enum(COUNTED, COUNT_FAULT).describe('What is counted; paths: distinct ones.'),
    per: z
      .enum(['address', 'pass'], PER_FAULT)
      .prefault('address')
      .describe('For whom: the network of the client (IPv4 /24, IPv6 /64) or the pass that is shown.'),
    window: duration({ min: '1s', max: '24h' }).describe('How far back it counts, to an eighth of it.'),
    over: count({ max: '1M' }).describe('The condition holds when the count is above this number.'),
  })
  .refine(({ count: what, over }) => what !== 'paths' || over <= MOST_PATHS, {
    path: ['over'],
    error: `must be at most ${MOST_PATHS} for paths`,
  })
  .describe('Holds when more than so many were counted in a sliding window.')

/** `rate`: how much of something there was in the window that ends now, this request included. */
export const rateMatcher: MatcherKind<RateOption> = {
  schema,
  compile({ over, ...spec }, world) {
    world.needsRate(spec)
    const { senses } = world
    return good((facts) => senses.count(spec, facts) > over)
  },
  show: (option) => `${option.count} per ${option.per} in ${durationText(option.window)} over ${option.over}`,
}
