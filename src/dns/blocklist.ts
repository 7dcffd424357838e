import { createRangeSet, parseRange } from '../base/address-range.ts'
import type { AddressRange } from '../base/address-range.ts'
import type { Address } from '../base/address.ts'

/** What DroneBL means by the last octet of its answer. */
const REASONS: Readonly<Record<number, string>> = {
  3: 'IRCDrone',
  5: 'Bottler',
  6: 'UnknownSpambotOrDrone',
  7: 'DDOSDrone',
  8: 'SOCKSProxy',
  9: 'HTTPProxy',
  10: 'ProxyChain',
  11: 'OpenProxy',
  12: 'OpenDNSResolver',
  13: 'BruteForceAttackers',
  14: 'OpenWingateProxy',
  15: 'CompromisedRouter',
  16: 'AutoRootingWorms',
  17: 'AutoDetectedBotIP',
}

/** Addresses that mean another machine in every network: nobody outside can say anything about them. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]

/**
 * The reason in an answer of the block list. Anything outside 127.0.0.0/8 comes from a resolver that invents answers,
 * and 127.255.255.0/24 is how lists say that they will not answer this resolver (RFC 5782 §2.1).
 */
export const reasonIn = (addresses: readonly string[]): string | undefined => {
  const listed = addresses.find(
    (address) => address.startsWith('127.') && !address.startsWith('127.255.255.'),
  )
  return listed === undefined ? undefined : (REASONS[Number(listed.split('.')[3])] ?? 'Unknown')
}

export const createIsPrivate = (): ((address: Address) => boolean) => {
  const ranges = PRIVATE.map(parseRange)
    .filter((range) => range.ok)
    .map((range): AddressRange => range.value)
  const set = createRangeSet(ranges)
  return (address) => set.has(address)
}
