import { isIpv4 } from '../base/address.ts'
import type { RequestFacts } from '../client/client.ts'

/** FNV-1a over 32-bit words, finished so that every bit of the result depends on every bit of the input. */
const mixed = (words: readonly number[]): number => {
  let hash = 0x811c9dc5
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Whether a client belongs to the share of clients that a rule is for: by its network (/24 of IPv4, /64 of IPv6), so
 * that the same client always gets the same answer, and by the rule's name, so that it is not always the same clients.
 */
export const createCanary = (rule: string, percent: number): ((facts: RequestFacts) => boolean) => {
  const seed = mixed(Array.from(rule, (letter) => letter.codePointAt(0) ?? 0))
  const limit = (percent / 100) * 2 ** 32
  return ({ client: { address } }) => {
    const [a, b, , d] = address.words
    return mixed(isIpv4(address) ? [seed, 4, d >>> 8] : [seed, 6, a, b]) < limit
  }
}
