import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import type { OnEvent } from '../base/event.ts'
import type { DecayMap } from '../decay-map/decay-map.ts'
import type { Store } from '../store/store.ts'
import type { SigningKeys } from './keys.ts'
import type { Bearer, Grant, PassCheck, Passes } from './pass.ts'
import { createRemembered, KEY_BYTES } from './remembered.ts'
import type { Known } from './remembered.ts'

const ISSUER = 'tollgate'
const ALGORITHM = 'EdDSA'
const TYPE = 'tollgate+jwt'

/** Bytes of a remembered refusal. */
export const REFUSED_VALUE_BYTES = 8

/** Signatures that one request may cost. What failed is remembered, so the next request gets further. */
const MOST_VERIFIED = 8

/** How long a token that failed is refused without checking it again. */
const REFUSED_MILLISECONDS = 60_000

/** 64 bytes end in two significant bits of their last base64url character; the other four are 0 (RFC 4648 §3.5). */
const CANONICAL_END = /[AQgw]$/

const FORGED: PassCheck = { state: 'invalid', reason: 'forged' }

const textClaim = (claims: JWTPayload, name: string): string => {
  const value = claims[name]
  return typeof value === 'string' ? value : ''
}

/** Null unless all claims are what `mint` writes. */
const knownOf = (claims: JWTPayload): Known | null => {
  const { level } = claims
  const id = Buffer.from(claims.jti ?? '', 'base64url')
  if (typeof level !== 'number' || !Number.isInteger(level) || level < 0 || level > 255) return null
  return id.length === KEY_BYTES && claims.exp !== undefined ? { level, ends: claims.exp, id } : null
}

/**
 * Signs and checks passes (JWT, RFC 7519, by jose). A verified pass is remembered, so that the hot path costs a
 * hash and a look-up and not a signature check (measured 70–185 µs).
 */
export const createPasses = (parts: {
  readonly keys: SigningKeys
  readonly store: Store
  /** Verified passes, by the hash of token and bearer. */
  readonly known: DecayMap
  /** Tokens that failed lately; bounded, and forgetting one costs only a check. */
  readonly refused: DecayMap
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
  /** Milliseconds. */
  readonly ttl: number
  readonly onEvent: OnEvent
}): Passes => {
  const { keys, known, refused } = parts
  const lifetime = Math.floor(parts.ttl / 1000)
  const header = { alg: ALGORITHM, typ: TYPE, kid: keys.id }
  const headerText = Buffer.from(JSON.stringify(header)).toString('base64url')
  const no = Buffer.alloc(REFUSED_VALUE_BYTES, 1)

  const remembered = createRemembered(known)

  const reject = (token: string, bearer: Bearer, reason: 'forged' | 'expired' | 'elsewhere'): PassCheck => {
    refused.set(remembered.keyOf(token, bearer), no, REFUSED_MILLISECONDS)
    return { state: 'invalid', reason }
  }

  /** Cheap things first: a token that cannot be ours costs no signature check. */
  const isPlausible = (token: string): boolean =>
    token.startsWith(headerText) && token.charCodeAt(headerText.length) === 46 && CANONICAL_END.test(token)

  const reasonOf = (error: unknown): 'forged' | 'expired' | 'elsewhere' => {
    if (error instanceof errors.JWTExpired) return 'expired'
    return error instanceof errors.JWTClaimValidationFailed ? 'elsewhere' : 'forged'
  }

  const verify = async (token: string, bearer: Bearer, now: number): Promise<PassCheck> => {
    try {
      const { payload } = await jwtVerify(token, keys.publicKey, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: bearer.host,
        requiredClaims: ['exp', 'iat', 'jti', 'level', 'kind'],
        currentDate: new Date(now * 1000),
      })
      const pass = knownOf(payload)
      if (!pass || textClaim(payload, 'network') !== bearer.network) return reject(token, bearer, 'elsewhere')
      if (await parts.store.isRevoked(pass.id)) return { state: 'invalid', reason: 'revoked' }
      remembered.remember(pass, token, bearer, now)
      return { state: 'valid', level: pass.level, id: pass.id.toString('base64url') }
    } catch (error) {
      return reject(token, bearer, reasonOf(error))
    }
  }

  const better = (best: PassCheck, next: PassCheck): PassCheck => {
    if (next.state !== 'valid') return best.state === 'absent' ? next : best
    return best.state === 'valid' && best.level >= next.level ? best : next
  }

  /** @param late What a store that is not in this process will say of remembered passes. */
  const checkLater = async (
    tokens: readonly string[],
    late: readonly Promise<PassCheck>[],
    bearer: Bearer,
    start: PassCheck,
  ): Promise<PassCheck> => {
    let best = (await Promise.all(late)).reduce(better, start)
    const now = parts.wallClock() / 1000
    let verified = 0
    for (const token of tokens) {
      const isHopeless = refused.has(remembered.keyOf(token, bearer)) || verified === MOST_VERIFIED
      if (!isHopeless) verified += 1
      best = better(best, isHopeless ? FORGED : await verify(token, bearer, now))
    }
    parts.onEvent({ name: 'pass', result: resultOf(best) })
    return best
  }

  const resultOf = (check: PassCheck) => {
    if (check.state === 'valid') return 'verified'
    if (check.state === 'absent') return 'absent'
    return check.reason === 'expired' || check.reason === 'revoked' ? check.reason : 'invalid'
  }

  const recalled = ({ level, id }: Known): PassCheck | Promise<PassCheck> => {
    const check: PassCheck = { state: 'valid', level, id: id.toString('base64url') }
    const revoked = parts.store.isRevoked(id)
    if (typeof revoked === 'boolean') return revoked ? { state: 'invalid', reason: 'revoked' } : check
    return revoked.then((yes) => (yes ? { state: 'invalid', reason: 'revoked' } : check))
  }

  return {
    lifetime,
    check(tokens, bearer) {
      if (tokens.length === 0) {
        parts.onEvent({ name: 'pass', result: 'absent' })
        return { state: 'absent' }
      }
      const now = parts.wallClock() / 1000
      let best: PassCheck = { state: 'absent' }
      const unknown: string[] = []
      const late: Promise<PassCheck>[] = []
      for (const token of tokens) {
        if (!isPlausible(token)) {
          best = better(best, FORGED)
          continue
        }
        const pass = remembered.recall(token, bearer, now)
        if (pass === undefined) {
          unknown.push(token)
          continue
        }
        const check = recalled(pass)
        if (check instanceof Promise) late.push(check)
        else best = better(best, check)
      }
      if (unknown.length + late.length > 0) return checkLater(unknown, late, bearer, best)
      parts.onEvent({ name: 'pass', result: best.state === 'valid' ? 'cached' : resultOf(best) })
      return best
    },
    async mint(grant: Grant) {
      const issued = Math.floor(grant.mintedAt / 1000)
      const claims = {
        level: grant.level,
        kind: grant.kind,
        ...(grant.network ? { network: grant.network } : {}),
      }
      const token = await new SignJWT(claims)
        .setProtectedHeader(header)
        .setIssuer(ISSUER)
        .setAudience(grant.host)
        .setIssuedAt(issued)
        .setExpirationTime(issued + lifetime)
        .setJti(grant.id.toString('base64url'))
        .sign(keys.privateKey)
      remembered.remember(
        { level: grant.level, ends: issued + lifetime, id: grant.id },
        token,
        grant,
        parts.wallClock() / 1000,
      )
      parts.onEvent({ name: 'pass', result: 'minted' })
      return token
    },
  }
}
