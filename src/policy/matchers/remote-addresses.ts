import { z } from 'zod'
import { rangeSetOf } from '../../base/address-range.ts'
import { good } from '../../base/parsed.ts'
import { addressRange } from '../../base/scalars.ts'
import type { MatcherKind } from '../matcher.ts'

/** Address ranges as a rule gives them; canonical texts. Longer ones belong into `lists`. */
export const rangesSchema = z
  .array(addressRange(), 'must be a list of address ranges')
  .min(1, 'must have at least one entry')
  .max(100_000, 'must have at most 100000 entries')
  .describe('Address ranges of the client, such as 10.0.0.0/8 or 2001:db8::/32.')

/** `remote_addresses`: the address of the client, after the trusted proxies. */
export const remoteAddressesMatcher: MatcherKind<readonly string[]> = {
  schema: rangesSchema,
  compile(option) {
    const set = rangeSetOf(option)
    return set.ok ? good((facts) => set.value.has(facts.client.address)) : set
  },
}
