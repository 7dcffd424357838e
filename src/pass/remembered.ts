import { hash } from 'node:crypto'
import type { DecayMap } from '../decay-map/decay-map.ts'
import type { Bearer } from './pass.ts'

/** Bytes of a remembered pass: its level, when it ends (seconds, float64) and its id. */
export const KNOWN_VALUE_BYTES = 32
/** Bytes of the hash that a token is known by. */
export const KEY_BYTES = 16

/** What is remembered of a verified pass. */
export interface Known {
  readonly level: number
  /** Seconds since 1970. */
  readonly ends: number
  /** 16 bytes; valid until the next question. */
  readonly id: Buffer
}

/** Verified passes by the hash of token and bearer, in a map that all threads share. */
export interface Remembered {
  /** The hash; the same bytes are used for the next one. */
  keyOf(token: string, bearer: Bearer): Buffer
  recall(token: string, bearer: Bearer, now: number): Known | undefined
  remember(pass: Known, token: string, bearer: Bearer, now: number): void
  /** The id of the first token that is remembered: of no other is it known that it is a pass. */
  idOf(tokens: readonly string[], bearer: Bearer, now: number): string | undefined
}

export const createRemembered = (known: DecayMap): Remembered => {
  const key = Buffer.alloc(KEY_BYTES)
  const value = Buffer.alloc(KNOWN_VALUE_BYTES)

  const keyOf = (token: string, { host, network }: Bearer): Buffer => {
    key.write(hash('sha256', `${host}\n${network}\n${token}`, 'latin1'), 0, KEY_BYTES, 'latin1')
    return key
  }

  const recall: Remembered['recall'] = (token, bearer, now) => {
    if (!known.get(keyOf(token, bearer), value)) return undefined
    const ends = value.readDoubleLE(8)
    return ends > now ? { level: value[0]!, ends, id: value.subarray(16) } : undefined
  }

  return {
    keyOf,
    recall,
    remember(pass, token, bearer, now) {
      value.fill(0)
      value[0] = pass.level
      value.writeDoubleLE(pass.ends, 8)
      value.set(pass.id, 16)
      known.set(keyOf(token, bearer), value, Math.max(1, (pass.ends - now) * 1000))
    },
    idOf(tokens, bearer, now) {
      for (const token of tokens) {
        const pass = recall(token, bearer, now)
        if (pass !== undefined) return pass.id.toString('base64url')
      }
      return undefined
    },
  }
}
