import { SEED } from './layout.ts'
import type { Table } from './table.ts'

const WORD = 2 ** 32

/** Mixes the four words of a key at `at` of `words` with the map's seed. */
export function hashOf(table: Table, k0: number, k1: number, k2: number, k3: number): number {
  const { words } = table
  let hash = Math.imul(k0 ^ words[SEED]!, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ k1 ^ words[SEED + 1]!, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13) ^ k2 ^ words[SEED + 2]!, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16) ^ k3 ^ words[SEED + 3]!, 0x27d4eb2f)
  hash = Math.imul(hash ^ (hash >>> 15), 0x165667b1)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The upper bits of the hash choose the stripe. */
export function stripeOf(table: Table, hash: number): number {
  return Math.floor((hash * table.stripes) / WORD)
}

/** The bits below choose the bucket; answers its word in the stripe at `base`. */
export function bucketAt(table: Table, base: number, hash: number): number {
  const rest = Math.imul(hash, table.stripes) >>> 0
  return base + table.bucketsAt + Math.floor((rest * table.slots) / WORD)
}

/** Word of the bucket to which the slot at word `at` belongs. */
export function bucketOf(table: Table, base: number, at: number): number {
  const { words } = table
  return bucketAt(table, base, hashOf(table, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!))
}
