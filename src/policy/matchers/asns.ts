import { z } from 'zod'
import { bad, good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'

const FAULT = 'must be the number of an autonomous system, such as 64496'

interface AsnsOption {
  readonly match: readonly number[]
}

const schema = z
  .strictObject({
    match: z
      .array(z.int(FAULT).min(1, FAULT).max(4_294_967_295, FAULT), 'must be a list of numbers')
      .min(1, 'must have at least one number')
      .max(10_000, 'must have at most 10000 numbers')
      .describe('Numbers of autonomous systems.'),
  })
  .describe('Holds when the address belongs to one of these autonomous systems; needs databases.asn.')

/** `asns`: an address that the database does not know belongs to none. */
export const asnsMatcher: MatcherKind<AsnsOption> = {
  schema,
  compile({ match }, { databases, senses }) {
    if (!databases.asn) return bad('needs databases.asn')
    const wanted = new Set(match)
    return good(({ client }) => {
      const number = senses.asn(client.address)
      return number !== undefined && wanted.has(number)
    })
  },
  show: ({ match }) => match.join(', '),
}
