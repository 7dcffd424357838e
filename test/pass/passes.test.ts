import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { BEARER, createPurse, freshKeys, grantOf, TTL } from './purse.ts'

const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const parts = (token: string) => token.split('.') as [string, string, string]

describe('a pass', () => {
  test('says what the contract names, and nothing about the visitor', async () => {
    const { passes } = createPurse()
    const grant = grantOf()
    const token = await passes.mint(grant)
    const issued = 1_800_000_000
    expect(decodeJwt(token)).toEqual({
      iss: 'tollgate',
      aud: 'site.test',
      exp: issued + TTL / 1000,
      iat: issued,
      jti: grant.id.toString('base64url'),
      level: 20,
      kind: 'pow',
    })
    expect(decodeProtectedHeader(token).alg).toBe('EdDSA')
    expect(passes.lifetime).toBe(TTL / 1000)
  })

  test('is the same, byte for byte, for the same grant, on every thread that has the key', async () => {
    const keys = freshKeys()
    const grant = grantOf()
    const tokens = await Promise.all([1, 2, 3].map(() => createPurse(keys).passes.mint(grant)))
    expect(new Set(tokens).size).toBe(1)
    expect(await createPurse(keys).passes.mint(grantOf())).not.toBe(tokens[0])
  })

  test('is good where it was minted and where the key is the same', async () => {
    const keys = freshKeys()
    const [here, there] = [createPurse(keys), createPurse(keys)]
    const grant = grantOf()
    const token = await here.passes.mint(grant)
    const valid = { state: 'valid', level: 20, id: grant.id.toString('base64url') }
    expect(await here.passes.check([token], BEARER)).toEqual(valid)
    expect(await there.passes.check([token], BEARER)).toEqual(valid)
  })

  test('is verified once and then known: the second check is no promise', async () => {
    const keys = freshKeys()
    const token = await createPurse(keys).passes.mint(grantOf())
    const { passes, results } = createPurse(keys)
    await passes.check([token], BEARER)
    const again = passes.check([token], BEARER)
    expect(again).not.toBeInstanceOf(Promise)
    expect(again).toMatchObject({ state: 'valid', level: 20 })
    expect(results()).toEqual(['verified', 'cached'])
  })

  test('is known from the moment it was minted', async () => {
    const { passes, results } = createPurse()
    const token = await passes.mint(grantOf())
    await passes.check([token], BEARER)
    expect(results()).toEqual(['minted', 'cached'])
  })

  test('ends exactly when it says, known or not', async () => {
    const keys = freshKeys()
    const [here, there] = [createPurse(keys), createPurse(keys)]
    const token = await here.passes.mint(grantOf())
    for (const { clock } of [here, there]) clock.advance(TTL - 1)
    expect(await here.passes.check([token], BEARER)).toMatchObject({ state: 'valid' })
    expect(await there.passes.check([token], BEARER)).toMatchObject({ state: 'valid' })
    for (const { clock } of [here, there]) clock.advance(1)
    expect(await here.passes.check([token], BEARER)).toEqual({ state: 'invalid', reason: 'expired' })
    expect(await there.passes.check([token], BEARER)).toEqual({ state: 'invalid', reason: 'expired' })
    expect(there.results()).toEqual(['verified', 'expired'])
  })

  test('is refused once revoked, known or not', async () => {
    const keys = freshKeys()
    const [here, there] = [createPurse(keys), createPurse(keys)]
    const grant = grantOf()
    const token = await here.passes.mint(grant)
    await here.passes.check([token], BEARER)
    for (const { store } of [here, there]) await store.revoke(grant.id, TTL)
    expect(await here.passes.check([token], BEARER)).toEqual({ state: 'invalid', reason: 'revoked' })
    expect(await there.passes.check([token], BEARER)).toEqual({ state: 'invalid', reason: 'revoked' })
    expect(here.results().at(-1)).toBe('revoked')
  })

  test('is good at no other host, an empty one included', async () => {
    const { passes } = createPurse()
    const token = await passes.mint(grantOf())
    for (const host of ['other.test', 'sub.site.test', '', 'SITE.TEST', 'site.test.'])
      expect(await passes.check([token], { host, network: '' })).toEqual({
        state: 'invalid',
        reason: 'elsewhere',
      })
  })

  test('that is bound is good in its own network only, and one that is not bound nowhere else', async () => {
    const { passes } = createPurse()
    const bound = await passes.mint(grantOf({ network: '4:1' }))
    const free = await passes.mint(grantOf())
    const at = async (token: string, network: string) =>
      (await passes.check([token], { host: 'site.test', network })).state
    expect(await at(bound, '4:1')).toBe('valid')
    expect(await at(bound, '4:2')).toBe('invalid')
    expect(await at(bound, '')).toBe('invalid')
    expect(await at(free, '4:1')).toBe('invalid')
    expect(await at(bound, '4:1')).toBe('valid')
  })
})

describe('of several tokens', () => {
  test('any valid one counts, wherever it stands', async () => {
    const { passes } = createPurse()
    const token = await passes.mint(grantOf())
    const stale = await passes.mint(grantOf({ mintedAt: 1_800_000_000_000 - TTL }))
    for (const tokens of [
      ['junk', token],
      [token, 'junk'],
      [stale, token],
      [token, stale],
      ['', 'a.b.c', stale, token, 'junk'],
    ])
      expect(await passes.check(tokens, BEARER)).toMatchObject({ state: 'valid' })
  })

  test('the highest level wins, known or not', async () => {
    const keys = freshKeys()
    const [here, there] = [createPurse(keys), createPurse(keys)]
    const low = await here.passes.mint(grantOf({ level: 4 }))
    const high = await there.passes.mint(grantOf({ level: 26 }))
    for (const tokens of [
      [low, high],
      [high, low],
    ])
      for (const { passes } of [here, there])
        expect(await passes.check(tokens, BEARER)).toMatchObject({ state: 'valid', level: 26 })
  })

  test('none is absent, and a false one is not', async () => {
    const { passes, results } = createPurse()
    expect(passes.check([], BEARER)).toEqual({ state: 'absent' })
    expect(await passes.check(['junk'], BEARER)).toEqual({ state: 'invalid', reason: 'forged' })
    expect(results()).toEqual(['absent', 'invalid'])
  })
})

describe('forged is', () => {
  const keys = freshKeys()
  const claims = {
    iss: 'tollgate',
    aud: 'site.test',
    iat: 1_800_000_000,
    exp: 1_800_003_600,
    jti: Buffer.alloc(16, 1).toString('base64url'),
    level: 20,
    kind: 'pow',
  }
  const header = { alg: 'EdDSA', typ: 'tollgate+jwt', kid: keys.id }
  const signed = (head: unknown, body: unknown, key = keys.privateKey): string => {
    const input = `${text(head)}.${text(body)}`
    return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`
  }
  const spki = keys.publicKey.export({ type: 'spki', format: 'pem' })
  const hmac = (secret: string | Buffer): string => {
    const input = `${text({ ...header, alg: 'HS256' })}.${text(claims)}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const stranger = generateKeyPairSync('ed25519')
  const jwk = stranger.publicKey.export({ format: 'jwk' })
  const good = signed(header, claims)
  const [head, body, signature] = parts(good)
  const without = (name: string) => {
    const { [name]: _, ...rest } = claims as Record<string, unknown>
    return signed(header, rest)
  }
  const having = (change: Record<string, unknown>) => signed(header, { ...claims, ...change })

  test('not the one that the others are made from', async () => {
    expect(await createPurse(keys).passes.check([good], BEARER)).toMatchObject({ state: 'valid', level: 20 })
  })

  const FORGED: readonly (readonly [string, string])[] = [
    ['alg none', `${text({ ...header, alg: 'none' })}.${text(claims)}.`],
    ['alg none with a signature', `${text({ ...header, alg: 'none' })}.${body}.${signature}`],
    ['alg NONE', `${text({ alg: 'NONE', typ: header.typ })}.${body}.`],
    ['HS256 with the public key in PEM', hmac(spki)],
    ['HS256 with the public key in DER', hmac(keys.publicKey.export({ type: 'spki', format: 'der' }))],
    ['HS256 with an empty key', hmac('')],
    ['another key', signed(header, claims, stranger.privateKey)],
    ['another key that it brings along', signed({ ...header, jwk }, claims, stranger.privateKey)],
    [
      'another key by its address',
      signed({ ...header, jku: 'http://127.0.0.1:1/' }, claims, stranger.privateKey),
    ],
    ['a certificate that it brings along', signed({ ...header, x5c: ['AAAA'] }, claims, stranger.privateKey)],
    ['kid of a file', signed({ ...header, kid: '../../dev/null' }, claims)],
    ['kid __proto__', signed({ ...header, kid: '__proto__' }, claims)],
    ['no kid', signed({ alg: 'EdDSA', typ: 'tollgate+jwt' }, claims)],
    ['no typ', signed({ alg: 'EdDSA', kid: keys.id }, claims)],
    ['typ JWT', signed({ ...header, typ: 'JWT' }, claims)],
    ['crit', signed({ ...header, crit: ['x'], x: 1 }, claims)],
    ['b64 false', signed({ ...header, crit: ['b64'], b64: false }, claims)],
    ['no signature', `${head}.${body}`],
    ['an empty signature', `${head}.${body}.`],
    ['a part more', `${good}.x`],
    ['a dot more', `${good}.`],
    ['a dot before', `.${good}`],
    ['two dots', '..'],
    ['nothing but a dot', '.'],
    ['nothing', ''],
    ['spaces around', ` ${good} `],
    ['padding', `${good}=`],
    ['a null byte', `${good}\0`],
    ['a changed signature', `${head}.${body}.${signature.slice(0, -4)}AAAA`],
    ['a changed body', `${head}.${text({ ...claims, level: 255 })}.${signature}`],
    ['the JSON serialisation', JSON.stringify({ protected: head, payload: body, signature })],
    ['a body that is no JSON', signed(header, claims).replace(body, 'AAAA')],
    ['a megabyte', 'A'.repeat(1 << 20)],
    ['a megabyte behind the right header', `${head}.${'A'.repeat(1 << 20)}.${signature}`],
    ['a megabyte of dots', `${head}${'.'.repeat(1 << 20)}`],
    ['another issuer', having({ iss: 'anubis' })],
    ['another host', having({ aud: 'other.test' })],
    ['expired', having({ exp: 1_800_000_000 })],
    ['not yet good', having({ nbf: 1_800_000_600 })],
    ['exp as a text', having({ exp: '1800003600' })],
    ['a negative exp', having({ exp: -1 })],
    ['a level beyond its byte', having({ level: 256 })],
    ['a level as a text', having({ level: '20' })],
    ['a fraction of a level', having({ level: 20.5 })],
    ['a negative level', having({ level: -1 })],
    ['an id that is too short', having({ jti: 'AAAA' })],
    ['an id that is a number', having({ jti: 5 })],
    ['a network', having({ network: '4:1' })],
    ...['iss', 'aud', 'iat', 'exp', 'jti', 'level', 'kind'].map(
      (name) => [`no ${name}`, without(name)] as const,
    ),
    ['claims that are a list', signed(header, [claims])],
    ['claims that are null', signed(header, null)],
  ]

  test.each(FORGED)('a token with %s', async (_, token) => {
    const { passes, known } = createPurse(keys)
    const check = await passes.check([token], BEARER)
    expect(check.state).toBe('invalid')
    expect(await passes.check([token], BEARER)).toMatchObject({ state: 'invalid' })
    expect(await passes.check([token, good], BEARER)).toMatchObject({ state: 'valid', level: 20 })
    expect(known.stats().entries).toBe(1)
  })

  test('a token whose last character differs only in the bits that say nothing', async () => {
    const twin = good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1)
    const signatureOf = (token: string) => Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url')
    expect(signatureOf(twin)).toEqual(signatureOf(good))
    expect(await createPurse(keys).passes.check([twin], BEARER)).toMatchObject({ state: 'invalid' })
  })

  test('a token with any one character changed', async () => {
    const { passes } = createPurse(keys)
    for (let i = 0; i < good.length; i++) {
      const forged = good.slice(0, i) + (good[i] === 'A' ? 'B' : 'A') + good.slice(i + 1)
      expect(await passes.check([forged], BEARER)).toMatchObject({ state: 'invalid' })
    }
  })
})

test('a token that failed is good as soon as it is: at its own host, in its own time', async () => {
  const keys = freshKeys()
  const { passes, clock } = createPurse(keys)
  const token = await createPurse(keys).passes.mint(grantOf())
  expect(await passes.check([token], { host: 'other.test', network: '' })).toMatchObject({ state: 'invalid' })
  expect(await passes.check([token], BEARER)).toMatchObject({ state: 'valid' })
  clock.advance(-1)
  expect(await passes.check([token], BEARER)).toMatchObject({ state: 'valid' })
})

test('a store that answers later is waited for, once, about passes that are remembered too', async () => {
  let asked = 0
  const slow = (store: Store): Store => ({
    ...store,
    async isRevoked(id) {
      asked += 1
      return store.isRevoked(id)
    },
  })
  const { passes, store } = createPurse(undefined, slow)
  const grant = grantOf()
  const token = await passes.mint(grant)
  expect(await passes.check([token], BEARER)).toMatchObject({ state: 'valid', level: 20 })
  expect(asked).toBe(1)
  await store.revoke(grant.id, 60_000)
  expect(await passes.check([token], BEARER)).toEqual({ state: 'invalid', reason: 'revoked' })
  expect(asked).toBe(2)
})
