import { z } from 'zod'
import { createRangeSet, parseRange } from '../../base/address-range.ts'
import type { AddressRange } from '../../base/address-range.ts'
import { addressRange } from '../../base/scalars.ts'
import { bad, good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'

const schema = z
  .array(addressRange(), 'must be a list of address ranges')
  .min(1, 'must have at least one entry')
  .max(100_000, 'must have at most 100000 entries')
  .describe('Address ranges of the client, such as 10.0.0.0/8 or 2001:db8::/32.')

/** `remote_addresses`: the address of the client, after the trusted proxies. */
export const remoteAddressesMatcher: MatcherKind<readonly string[]> = {
  schema,
  compile(option) {
    const ranges: AddressRange[] = []
    for (const text of option) {
      const range = parseRange(text)
      if (!range.ok) return bad(range.fault)
      ranges.push(range.value)
    }
    const set = createRangeSet(ranges)
    return good((facts) => set.has(facts.client.address))
  },
}
