import { addressText, isIpv4, parseAddress } from '../../base/address.ts'
import type { Address } from '../../base/address.ts'
import { ownText } from './own-text.ts'

/** An address of the log and what is counted by it. */
export interface Visitor {
  readonly address: Address
  /** Its /24 (IPv4) or /64 (IPv6). */
  readonly network: string
  /** Two independent 32-bit hashes of the network. */
  readonly hashes: readonly [number, number]
}

export interface Visitors {
  /** Undefined when the text is no address, such as a host name or `unix:`. */
  of(text: string): Visitor | undefined
}

/** About 20 MB when full; then it starts anew. */
const REMEMBERED = 65_536

const mixed = (seed: number, words: readonly number[]): number => {
  let hash = seed
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

const visitorOf = (address: Address): Visitor => {
  const [a, b, c, d] = address.words
  const network = isIpv4(address) ? ([0, 0, c, d - (d % 256)] as const) : ([a, b, 0, 0] as const)
  return {
    address,
    network: `${addressText(network)}${isIpv4(address) ? '/24' : '/64'}`,
    hashes: [mixed(0x9e3779b9, network), mixed(0x7f4a7c15, network)],
  }
}

/** Remembers the addresses that it has read, as a log names the same ones again and again. */
export const createVisitors = (): Visitors => {
  const known = new Map<string, Visitor>()
  return {
    of(text) {
      const found = known.get(text)
      if (found !== undefined) return found
      const address = parseAddress(text)
      if (address === undefined) return undefined
      if (known.size >= REMEMBERED) known.clear()
      const visitor = visitorOf(address)
      known.set(ownText(text), visitor)
      return visitor
    },
  }
}
