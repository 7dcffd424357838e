import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSeal, LONGEST_TOKEN, type SealedChallenge } from '../../src/challenge/seal.ts'

const KEY = Buffer.alloc(32, 3)
const seal = createSeal({ key: KEY })

const challenge: SealedChallenge = {
  id: Buffer.from(Array.from({ length: 16 }, (_, i) => i * 16)),
  issuedAt: 1_800_000_000_123,
  expires: 1_800_001_800,
  level: 20,
  kind: 'pow',
  terms: { puzzles: 16, target: 65_536 },
  site: 'default',
  host: 'site.test',
  returnPath: '/deep/page?with=query',
}

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const challenges: fc.Arbitrary<SealedChallenge> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  issuedAt: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  expires: uint32,
  level: fc.integer({ min: 0, max: 255 }),
  kind: fc.string({ maxLength: 20 }),
  terms: fc.record({ puzzles: fc.integer({ min: 1, max: 255 }), target: uint32 }),
  site: fc.string({ maxLength: 80 }),
  host: fc.string({ maxLength: 80 }),
  returnPath: fc.string({ unit: 'grapheme-ascii', maxLength: 4000 }),
})

describe('a challenge that was sealed', () => {
  test('opens as what it was, whatever it is', () => {
    fc.assert(
      fc.property(challenges, (each) => {
        const { token, seed } = seal.seal(each)
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(token.length).toBeLessThanOrEqual(LONGEST_TOKEN)
        expect(seal.open(token)).toEqual({ challenge: each, seed })
      }),
    )
  })

  test('opens with texts as long as they may be', () => {
    const long = {
      ...challenge,
      kind: 'k'.repeat(255),
      site: 's'.repeat(255),
      host: 'h'.repeat(255),
      returnPath: `/${'r'.repeat(4095)}`,
    }
    expect(seal.open(seal.seal(long).token)?.challenge).toEqual(long)
  })

  test('opens on every thread that has the key, and on none that has another', () => {
    const { token } = seal.seal(challenge)
    expect(createSeal({ key: Buffer.from(KEY) }).open(token)?.challenge).toEqual(challenge)
    expect(createSeal({ key: Buffer.alloc(32, 4) }).open(token)).toBeUndefined()
  })

  test('starts its puzzles with the authenticator of every field, so that none can be begun before it is issued', () => {
    const { token, seed } = seal.seal(challenge)
    expect(seed).toHaveLength(32)
    expect(seed.subarray(0, 16)).toEqual(Buffer.from(token, 'base64url').subarray(-16))
    for (const change of [{ level: 1 }, { returnPath: '/b' }, { expires: 7 }])
      expect(seal.seal({ ...challenge, ...change }).seed).not.toEqual(seed)
  })

  test('is not disturbed by those sealed and opened after it', () => {
    const first = seal.seal(challenge)
    const opened = seal.open(first.token)!
    const other = seal.seal({ ...challenge, id: Buffer.alloc(16, 255), host: 'other.test' })
    seal.open(other.token)
    expect(opened.challenge).toEqual(challenge)
    expect(opened.seed).toEqual(first.seed)
    expect(first.seed).not.toEqual(other.seed)
  })
})

describe('not ours is', () => {
  const { token } = seal.seal(challenge)
  const bytes = Buffer.from(token, 'base64url')

  test('a token with any bit turned', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes)
      forged[bit >> 3]! ^= 1 << (bit & 7)
      expect(seal.open(forged.toString('base64url'))).toBeUndefined()
    }
  })

  test('a token with any character changed', () => {
    for (let i = 0; i < token.length; i++)
      for (const char of ['A', '_', '=', '+', '/', ' ', '%', 'é']) {
        const forged = token.slice(0, i) + char + token.slice(i + 1)
        expect(seal.open(forged) !== undefined).toBe(forged === token)
      }
  })

  test('a token cut anywhere', () => {
    for (let length = 0; length < token.length; length++)
      expect(seal.open(token.slice(0, length))).toBeUndefined()
  })

  test('a token with anything added', () => {
    for (const more of ['A', 'AAAA', '=', '==', '.', '\n', ' ', '\0', token]) {
      expect(seal.open(token + more)).toBeUndefined()
      expect(seal.open(more + token)).toBeUndefined()
    }
  })

  test('another spelling of the same bytes', () => {
    const tokens = Array.from(
      { length: 40 },
      (_, i) => seal.seal({ ...challenge, host: 'h'.repeat(i) }).token,
    )
    const base64 = tokens.map((each) => Buffer.from(each, 'base64url').toString('base64'))
    expect(base64.some((text) => /[+/=]/.test(text))).toBe(true)
    for (const [i, text] of base64.entries()) expect(seal.open(text) !== undefined).toBe(text === tokens[i])
    // The unused bits of the last character: same bytes when decoded leniently.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const each of tokens)
      for (const last of alphabet)
        expect(seal.open(each.slice(0, -1) + last) !== undefined).toBe(last === each.at(-1))
  })

  test('any text at all', () => {
    const text = fc.oneof(fc.string({ maxLength: 500 }), fc.base64String({ maxLength: 500 }))
    fc.assert(
      fc.property(text, (each) => {
        expect(seal.open(each)).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
    expect(seal.open('A'.repeat(LONGEST_TOKEN))).toBeUndefined()
    expect(seal.open('A'.repeat(1 << 20))).toBeUndefined()
  })
})

test('no two challenges share a representation, however their texts divide', () => {
  const at = (kind: string, site: string, host: string) =>
    seal.seal({ ...challenge, kind, site, host }).token.slice(0, -22)
  expect(new Set([at('ab', 'c', 'd'), at('a', 'bc', 'd'), at('a', 'b', 'cd'), at('abcd', '', '')]).size).toBe(
    4,
  )
})
