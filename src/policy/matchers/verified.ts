import { z } from 'zod'
import type { Address } from '../../base/address.ts'
import { rangeSetOf } from '../../base/address-range.ts'
import { bad, good } from '../../base/parsed.ts'
import type { MatcherKind } from '../matcher.ts'
import type { Senses } from '../senses.ts'
import { knownLists } from './list.ts'
import { rangesSchema } from './remote-addresses.ts'

/** Names that an address claims are confirmed one by one, and so many at most. */
const MOST_NAMES = 8
const NAME_FAULT = 'must be a domain name such as .googlebot.com'
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOMAIN = new RegExp(`^\\.?${LABEL}(?:\\.${LABEL})+$`)

const nameSchema = z
  .string(NAME_FAULT)
  .max(253, NAME_FAULT)
  .transform((name) => name.toLowerCase().replace(/\.$/, ''))
  .refine((name) => DOMAIN.test(name), NAME_FAULT)

interface VerifiedOption {
  readonly remote_addresses?: readonly string[]
  readonly names?: readonly string[]
  readonly list?: string
}

const schema = z
  .strictObject({
    remote_addresses: rangesSchema.exactOptional(),
    names: z
      .array(nameSchema, 'must be a list of domain names')
      .min(1, 'must have at least one name')
      .max(100, 'must have at most 100 names')
      .exactOptional()
      .describe(
        'Domains of its machines: a name of the address (PTR) is in one of them and leads back to the address.',
      ),
    list: z.string('must be the name of a list').exactOptional().describe('Name of a list (section lists).'),
  })
  .refine(
    (option) => Object.keys(option).length > 0,
    'needs at least one of remote_addresses, names and list',
  )
  .describe('Holds when the address is one that the operator of a crawler vouches for.')

/** `.example.org` holds what is below it; `example.org` holds itself too. */
const isBelow = (name: string, domain: string): boolean =>
  domain.startsWith('.')
    ? name.length > domain.length && name.endsWith(domain)
    : name === domain || name.endsWith(`.${domain}`)

/** True when one of the names leads back; rejects when none does and one could not be looked up. */
const confirmsOne = async (names: readonly string[], address: Address, senses: Senses): Promise<boolean> => {
  const looked = await Promise.allSettled(names.map(async (name) => senses.forward(name)))
  if (looked.some((one) => one.status === 'fulfilled' && one.value.includes(address.text))) return true
  const failed = looked.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return false
}

/** The answer at once when everything that it takes is known already. */
const confirmed = (
  claimed: readonly string[],
  domains: readonly string[],
  address: Address,
  senses: Senses,
): boolean | Promise<boolean> => {
  const names = claimed
    .map((name) => name.toLowerCase())
    .filter((name) => domains.some((domain) => isBelow(name, domain)))
    .slice(0, MOST_NAMES)
  if (names.length !== 1) return names.length === 0 ? false : confirmsOne(names, address, senses)
  const addresses = senses.forward(names[0]!)
  return addresses instanceof Promise
    ? addresses.then((found) => found.includes(address.text))
    : addresses.includes(address.text)
}

/**
 * `verified`: ranges and list first, so that DNS is asked only when they do not know the address. Forward-confirmed
 * reverse DNS counts only when the *same* name that lies in one of the domains leads back to the address.
 */
export const verifiedMatcher: MatcherKind<VerifiedOption> = {
  schema,
  compile({ remote_addresses: ranges = [], names: domains = [], list }, world) {
    const set = rangeSetOf(ranges)
    const lists = knownLists(list === undefined ? [] : [list], world)
    if (!set.ok) return set
    if (!lists.ok) return bad(`list ${lists.fault}`)
    const { senses } = world
    return good(({ client: { address } }) => {
      if (set.value.has(address)) return true
      if (list !== undefined && senses.listed(list, address)) return true
      if (domains.length === 0) return false
      const claimed = senses.reverse(address)
      return claimed instanceof Promise
        ? claimed.then((names) => confirmed(names, domains, address, senses))
        : confirmed(claimed, domains, address, senses)
    })
  },
}
