import type { Address } from '../../base/address.ts'
import type { KnownClient } from '../../policy/policy-tests.ts'
import type { Senses } from '../../policy/senses.ts'

/** Senses that know only what they are told of one client; nothing is looked up. */
export interface KnownSenses {
  readonly senses: Senses
  /** From now on the client is this one. */
  know(client: KnownClient, address: Address): void
}

/** A client that is here for the first time: this request is counted, and nothing before it. */
const FIRST = { requests: 1, paths: 1, challenges: 0, refused: 0, not_found: 0 } as const

const namesOf = ({ names = [] }: KnownClient): readonly string[] => names.map((name) => name.toLowerCase())

export const createKnownSenses = (): KnownSenses => {
  let client: KnownClient = {}
  let address: Address | undefined
  const senses: Senses = {
    count: ({ count }) => client.counts?.[count] ?? FIRST[count],
    reverse: () => namesOf(client),
    forward: (name) =>
      address !== undefined && namesOf(client).includes(name.toLowerCase()) ? [address.text] : [],
    blocked: () => undefined,
    country: () => client.country,
    asn: () => client.asn,
    listed: (list) => client.lists?.includes(list) ?? false,
    load: () => [0, 0, 0],
    random: () => 0.5,
  }
  return {
    senses,
    know(known, of) {
      client = known
      address = of
    },
  }
}
