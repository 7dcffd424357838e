import { POW_DOMAIN } from '../../../src/protocol.ts'

/** Words 0 … 11 of a proof-of-work message: tag, seed, sub-puzzle, lane. The nonce is word 12. */
export const messageWords = (seed: string, puzzle: number, lane: number): Int32Array => {
  const bytes = POW_DOMAIN + atob(seed.replace(/-/g, '+').replace(/_/g, '/'))
  const word = (at: number): number =>
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  return Int32Array.from({ length: 12 }, (_, i) => (i < 10 ? word(4 * i) : i === 10 ? puzzle : lane))
}

/** Words 13, 14 and 15: the padding of a message of 52 bytes. */
export const PADDING: readonly number[] = [1 << 31, 0, 52 * 8]
