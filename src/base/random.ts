import { randomBytes } from 'node:crypto'

/** Fresh unpredictable bytes; a view into memory that is never handed out twice. */
export type RandomBytes = (length: number) => Buffer

const BATCH = 16_384

/** Asks the system for randomness once per thousand ids: one call costs more than the bytes. */
export const createRandomBytes = (fill: (length: number) => Buffer = randomBytes): RandomBytes => {
  let pool = fill(BATCH)
  let used = 0
  return (length) => {
    if (length > BATCH) return fill(length)
    if (used + length > BATCH) {
      pool = fill(BATCH)
      used = 0
    }
    used += length
    return pool.subarray(used - length, used)
  }
}

/** A reference that a visitor can read out and the operator can search for: 12 hex digits. */
export const referenceOf = (random: RandomBytes): string => random(6).toString('hex')
