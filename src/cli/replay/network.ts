/** The network of an address: /24 of IPv4, /64 of IPv6. */
import { addressText, isIpv4 } from '../../base/address.ts'
import type { Address } from '../../base/address.ts'

export const networkText = (address: Address): string => {
  const { text, words } = address
  if (isIpv4(address)) return `${text.slice(0, text.lastIndexOf('.'))}.0/24`
  return `${addressText([words[0], words[1], 0, 0])}/64`
}

const mixed = (hash: number, word: number): number => {
  const once = Math.imul(hash ^ word, 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}

/** A hash of the network, 32 bits with a sign; another one for each seed. */
export const networkHash = (address: Address, seed: number): number => {
  const [a, b, , d] = address.words
  const first = isIpv4(address) ? mixed(seed, d >>> 8) : mixed(mixed(~seed, a), b)
  return mixed(first, 0x2c1b3c6d)
}
