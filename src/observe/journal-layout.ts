/** Where the fields of a journal record stand. All numbers are in bytes, within a record unless said otherwise. */

/** Records that are kept; the oldest make room. With their size that is 4 MB for good. */
export const RECORDS = 8192
export const RECORD_BYTES = 512

/** The memory starts with the count of all records ever written; the records begin at the next cache line. */
export const HEAD_BYTES = 64

/** Number of the record when it is whole; 0 while it is written. */
export const NUMBER = 0
/** CRC-32 of everything behind it: two threads that wrote into one record at once are found out by it. */
export const CHECK = 4
export const CHECKED_FROM = 8
/** Wall clock, milliseconds, float64. */
export const TIME = 8
/** 6 bytes. */
export const REFERENCE = 16
export const ACTION = 22
export const FLAGS = 23
export const WEIGHT = 24
export const LEVEL = 28
/** Texts, each with one byte of length before it; one byte a character. */
export const TEXTS = 30

export const REFERENCE_BYTES = 6
export const OBSERVED = 1

/** The texts in their order, with the most characters that are kept of each; the last ones share what is left. */
export const TEXT_LIMITS = {
  site: 64,
  rule: 110,
  code: 32,
  address: 45,
  method: 16,
  host: 64,
  target: 160,
  userAgent: 255,
} as const satisfies Readonly<Record<string, number>>

export type TextName = keyof typeof TEXT_LIMITS

/** The shared memory of a journal, empty. */
export const createJournalMemory = (): SharedArrayBuffer =>
  new SharedArrayBuffer(HEAD_BYTES + RECORDS * RECORD_BYTES)
