import { isIpv4 } from '../base/address.ts'
import type { Address } from '../base/address.ts'

const LONGEST_NAME = 253
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

/** The name to ask for, without its last dot; undefined when no name can be written like that (RFC 1035 §2.3). */
export const askableName = (text: string): string | undefined => {
  if (text.length > LONGEST_NAME + 1) return undefined
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  if (name.length > LONGEST_NAME) return undefined
  const labels = name.split('.')
  // A name that ends in digits would be read as an address.
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '') ? name : undefined
}

/** Octets or nibbles of an address, last first, joined by dots. */
export const reversedAddress = (address: Address): string => {
  if (isIpv4(address)) return address.text.split('.').toReversed().join('.')
  const digits = address.words.map((word) => word.toString(16).padStart(8, '0')).join('')
  return digits.split('').toReversed().join('.')
}

/** Where the names of an address stand (RFC 1035 §3.5, RFC 3596 §2.5). */
export const reverseName = (address: Address): string =>
  `${reversedAddress(address)}.${isIpv4(address) ? 'in-addr' : 'ip6'}.arpa`

/** Where a block list says something about an address (RFC 5782). */
export const blocklistName = (address: Address, zone: string): string => `${reversedAddress(address)}.${zone}`
