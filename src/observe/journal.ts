/**
 * The last challenges, refusals and faults, by the reference that the visitor was shown. A ring in shared memory:
 * all threads write without waiting for one another, and a record that two of them wrote at once is skipped.
 */
import { crc32 } from 'node:zlib'
import type { DecidedEvent, FaultedEvent, GateEvent, RequestTold } from '../base/event.ts'
import {
  ACTION,
  CHECK,
  CHECKED_FROM,
  FLAGS,
  HEAD_BYTES,
  LEVEL,
  NUMBER,
  OBSERVED,
  RECORD_BYTES,
  RECORDS,
  REFERENCE,
  REFERENCE_BYTES,
  TEXT_LIMITS,
  TEXTS,
  TIME,
  WEIGHT,
} from './journal-layout.ts'
import type { TextName } from './journal-layout.ts'

/** What became of a request that got no answer of the site. */
export interface JournalRecord extends RequestTold {
  /** Wall clock, milliseconds. */
  readonly time: number
  readonly site: string
  readonly action: JournalAction
  /** Empty for a fault. */
  readonly rule: string
  readonly weight: number
  /** The level that was asked for. */
  readonly level: number
  /** True when it was let through all the same. */
  readonly observed: boolean
  /** Of a fault, else empty. */
  readonly code: string
}

export interface Journal {
  /** Keeps challenges, refusals and faults; everything else is none of its business. Never throws. */
  record(event: GateEvent): void
  /** The newest record of a reference; texts may be cut. Undefined when there is none, or none any more. */
  find(reference: string): JournalRecord | undefined
}

const JOURNAL_ACTIONS = ['challenge', 'deny', 'fault'] as const
type JournalAction = (typeof JOURNAL_ACTIONS)[number]

const TEXT_NAMES = Object.keys(TEXT_LIMITS) as readonly TextName[]
const WORD = 4
/** Stands for the number 0, which marks a record that is being written. */
const FIRST = -(2 ** 31)
/** A copy that a writer disturbed is taken once more; after so many the record counts as torn. */
const TRIES = 3

type Told = Omit<JournalRecord, 'time'>

const toldOf = (event: GateEvent): Told | undefined => {
  if (event.name === 'decided')
    return event.action === 'challenge' || event.action === 'deny' ? decidedAs(event) : undefined
  return event.name === 'faulted' ? faultedAs(event) : undefined
}

const decidedAs = (event: DecidedEvent): Told => ({
  ...event,
  action: event.action === 'deny' ? 'deny' : 'challenge',
  code: '',
})

const faultedAs = (event: FaultedEvent): Told => ({
  ...event,
  action: 'fault',
  rule: '',
  weight: 0,
  level: 0,
  observed: false,
})

/** Puts a record into `bytes`, one whole record long, behind its check. */
const write = (bytes: Buffer, told: Told, time: number): void => {
  bytes.writeDoubleLE(time, TIME)
  bytes.fill(0, REFERENCE, REFERENCE + REFERENCE_BYTES)
  bytes.write(told.reference, REFERENCE, REFERENCE_BYTES, 'hex')
  bytes[ACTION] = JOURNAL_ACTIONS.indexOf(told.action)
  bytes[FLAGS] = told.observed ? OBSERVED : 0
  bytes.writeInt32LE(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, told.weight)), WEIGHT)
  bytes.writeUInt16LE(told.level, LEVEL)
  let at = TEXTS
  let left = TEXT_NAMES.length
  for (const name of TEXT_NAMES) {
    // Those that follow must at least have their byte of length.
    const room = Math.max(0, RECORD_BYTES - at - left)
    const length = bytes.write(told[name], at + 1, Math.min(TEXT_LIMITS[name], room), 'latin1')
    bytes[at] = length
    at += 1 + length
    left -= 1
  }
  bytes.fill(0, at)
}

const read = (bytes: Buffer): JournalRecord => {
  const texts = { site: '', rule: '', code: '', address: '', method: '', host: '', target: '', userAgent: '' }
  let at = TEXTS
  for (const name of TEXT_NAMES) {
    const end = at + 1 + bytes[at]!
    texts[name] = bytes.toString('latin1', at + 1, end)
    at = end
  }
  return {
    ...texts,
    time: bytes.readDoubleLE(TIME),
    reference: bytes.toString('hex', REFERENCE, REFERENCE + REFERENCE_BYTES),
    action: JOURNAL_ACTIONS[bytes[ACTION]!] ?? 'fault',
    observed: (bytes[FLAGS]! & OBSERVED) !== 0,
    weight: bytes.readInt32LE(WEIGHT),
    level: bytes.readUInt16LE(LEVEL),
  }
}

/** The journal of one thread. */
export const createJournal = (parts: {
  readonly memory: SharedArrayBuffer
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
}): Journal => {
  const words = new Int32Array(parts.memory)
  const shared = Buffer.from(parts.memory)
  const draft = Buffer.alloc(RECORD_BYTES)
  // The count wraps at 2³², which the number of records divides.
  const offsetOf = (count: number): number => HEAD_BYTES + ((count >>> 0) % RECORDS) * RECORD_BYTES

  const put = (count: number): void => {
    const at = offsetOf(count)
    Atomics.store(words, (at + NUMBER) / WORD, 0)
    shared.set(draft.subarray(CHECKED_FROM), at + CHECKED_FROM)
    Atomics.store(words, (at + CHECK) / WORD, crc32(draft.subarray(CHECKED_FROM)) | 0)
    Atomics.store(words, (at + NUMBER) / WORD, count === 0 ? FIRST : count)
  }

  /** A whole record into `draft`; false when it is torn or empty. */
  const copy = (at: number): boolean => {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const number = Atomics.load(words, (at + NUMBER) / WORD)
      shared.copy(draft, CHECKED_FROM, at + CHECKED_FROM, at + RECORD_BYTES)
      const check = Atomics.load(words, (at + CHECK) / WORD)
      const isWhole = number !== 0 && number === Atomics.load(words, (at + NUMBER) / WORD)
      if (isWhole && check === (crc32(draft.subarray(CHECKED_FROM)) | 0)) return true
    }
    return false
  }

  return {
    record(event) {
      const told = toldOf(event)
      if (told === undefined) return
      write(draft, told, parts.wallClock())
      put(Atomics.add(words, 0, 1))
    },
    find(reference) {
      const wanted = Buffer.from(reference, 'hex')
      if (wanted.length !== REFERENCE_BYTES || reference.length !== 2 * REFERENCE_BYTES) return undefined
      const end = Atomics.load(words, 0)
      for (let back = 1; back <= RECORDS; back += 1) {
        const at = offsetOf(end - back)
        if (
          shared.compare(wanted, 0, REFERENCE_BYTES, at + REFERENCE, at + REFERENCE + REFERENCE_BYTES) !== 0
        )
          continue
        if (!copy(at)) continue
        const found = read(draft)
        if (found.reference === reference.toLowerCase()) return found
      }
      return undefined
    },
  }
}
