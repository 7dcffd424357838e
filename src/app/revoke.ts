import type { KeyObject } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import type { OnEvent } from '../base/event.ts'
import { bad, good, type Parsed } from '../base/parsed.ts'
import type { Store } from '../store/store.ts'

/** A pass that is good for nothing any more. */
export interface Revoked {
  /** Its `jti`. */
  readonly id: string
  /** Until when it is remembered as revoked: it is dead anyway by then. Wall clock, milliseconds. */
  readonly until: number
}

/** Ends passes before their time. */
export interface Revoker {
  /** By the token as a visitor shows it, its cookie `name=value` included. */
  byToken(token: string): Promise<Parsed<Revoked>>
  /** By its `jti`, as it stands in the log of whoever keeps one. */
  byId(id: string): Promise<Parsed<Revoked>>
}

/** 16 bytes in base64url. */
const ID = /^[\w-]{21}[AQgw]$/
/** The longest life of any pass in days, whatever the configuration it was minted under (`pass.ttl`). */
const LONGEST_LIFE = 400 * 86_400_000
const LONGEST_TOKEN = 4096

const tokenIn = (text: string): string =>
  text
    .slice(text.indexOf('=') + 1)
    .split(';', 1)[0]!
    .trim()

const faultOf = (cause: unknown): string =>
  cause instanceof errors.JWTExpired ? 'the pass has expired already' : 'this is no pass of this gateway'

export const createRevoker = (parts: {
  readonly publicKey: KeyObject
  readonly store: Pick<Store, 'revoke'>
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
  readonly onEvent: OnEvent
}): Revoker => {
  const revoke = async (id: string, until: number): Promise<Parsed<Revoked>> => {
    try {
      await parts.store.revoke(Buffer.from(id, 'base64url'), until - parts.wallClock())
    } catch (cause) {
      parts.onEvent({ name: 'notice', level: 'error', message: `pass ${id} could not be revoked`, cause })
      return bad('the revocation could not be remembered: there are too many')
    }
    parts.onEvent({
      name: 'notice',
      level: 'warn',
      message: `pass ${id} was revoked by an operator, until ${new Date(until).toISOString()}`,
    })
    return good({ id, until })
  }

  return {
    async byToken(text) {
      if (text.length > LONGEST_TOKEN) return bad('this is no pass of this gateway')
      try {
        const { payload } = await jwtVerify(tokenIn(text), parts.publicKey, {
          algorithms: ['EdDSA'],
          requiredClaims: ['exp', 'jti'],
          currentDate: new Date(parts.wallClock()),
        })
        const { jti = '', exp = 0 } = payload
        return ID.test(jti) ? await revoke(jti, exp * 1000) : bad('this is no pass of this gateway')
      } catch (cause) {
        return bad(faultOf(cause))
      }
    },
    byId: async (id) =>
      ID.test(id)
        ? revoke(id, parts.wallClock() + LONGEST_LIFE)
        : bad('the id of a pass is its jti: 22 letters, digits, "-" and "_"'),
  }
}
