import type { DecayMap } from '../decay-map/decay-map.ts'
import type { Claim, Store } from './store.ts'

/** Bytes of an entry's value in the map of open challenges; the first says the kind, for the sweeper's count. */
export const OPEN_VALUE_BYTES = 8

/** Bytes of an entry's value in the map of revoked passes. */
export const REVOKED_VALUE_BYTES = 8

/**
 * The store of one process: DecayMaps in shared memory that all threads see.
 *
 * @param parts.open Open challenges; at its cap the oldest make room.
 * @param parts.spent Answered challenges; at its cap a claim is refused, for a forgotten one could be spent twice.
 * @param parts.revoked Revoked passes; at its cap a revocation fails loudly.
 */
export const createMemoryStore = (parts: {
  readonly open: DecayMap
  readonly spent: DecayMap
  readonly revoked: DecayMap
}): Store => {
  const open = Buffer.alloc(OPEN_VALUE_BYTES)
  const revoked = Buffer.alloc(REVOKED_VALUE_BYTES, 1)
  const claim = (id: Uint8Array, record: Uint8Array, lifetime: number): Claim => {
    const result = parts.spent.add(id, record, lifetime)
    if (result === 'full') return { outcome: 'full' }
    if (result === 'added') {
      parts.open.take(id)
      return { outcome: 'claimed' }
    }
    const left = parts.spent.get(id)
    return left ? { outcome: 'spent', record: Buffer.from(left) } : claim(id, record, lifetime)
  }
  return {
    claim,
    issued(id, kind, lifetime) {
      open[0] = kind
      parts.open.set(id, open, lifetime)
    },
    revoke: (passId, lifetime) => parts.revoked.set(passId, revoked, lifetime),
    isRevoked: (passId) => parts.revoked.has(passId),
  }
}
