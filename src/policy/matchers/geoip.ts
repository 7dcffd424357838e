import { z } from 'zod'
import { bad, good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'

const FAULT = 'must be a country code of two letters, such as DE'

interface GeoipOption {
  readonly countries: readonly string[]
}

const schema = z
  .strictObject({
    countries: z
      .array(
        z
          .string(FAULT)
          .regex(/^[A-Za-z]{2}$/, FAULT)
          .transform((code) => code.toUpperCase()),
        'must be a list of country codes',
      )
      .min(1, 'must have at least one country code')
      .max(300, 'must have at most 300 country codes')
      .describe('Country codes of two letters (ISO 3166).'),
  })
  .describe('Holds when the address is registered in one of these countries; needs databases.country.')

/** `geoip`: an address that the database does not know is in none. */
export const geoipMatcher: MatcherKind<GeoipOption> = {
  schema,
  compile({ countries }, { databases, senses }) {
    if (!databases.country) return bad('needs databases.country')
    const wanted = new Set(countries)
    return good(({ client }) => {
      const code = senses.country(client.address)
      return code !== undefined && wanted.has(code)
    })
  },
  show: ({ countries }) => countries.join(', '),
}
