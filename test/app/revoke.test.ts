import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { GateEvent } from '../../src/base/event.ts'
import { createRevoker } from '../../src/app/revoke.ts'
import { ask } from '../gateway/gate.ts'
import { passAt } from './pass.ts'
import { startTollgate } from './run.ts'

const NOW = 1_800_000_000_000
const keys = generateKeyPairSync('ed25519')
const ID = randomBytes(16).toString('base64url')

const tokenOf = (expires: number, id = ID, key = keys.privateKey) =>
  new SignJWT({ level: 1 })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setJti(id)
    .setExpirationTime(expires)
    .sign(key)

const setUp = (full = false) => {
  const revoked: [string, number][] = []
  const events: GateEvent[] = []
  const revoker = createRevoker({
    publicKey: keys.publicKey,
    store: {
      revoke(id, lifetime) {
        if (full) throw new RangeError('full')
        revoked.push([Buffer.from(id).toString('base64url'), lifetime])
      },
    },
    wallClock: () => NOW,
    onEvent: (event) => events.push(event),
  })
  return { revoker, revoked, events }
}

describe('a pass is revoked', () => {
  test.each([
    ['', ''],
    ['tollgate-pass=', ''],
    ['__Host-tollgate-pass=', '; Path=/'],
  ])('by its token as %j…%j until it would have expired, and the log says so', async (before, after) => {
    const { revoker, revoked, events } = setUp()
    const token = await tokenOf(NOW / 1000 + 60)
    const done = await revoker.byToken(before + token + after)
    expect(done).toEqual({ ok: true, value: { id: ID, until: NOW + 60_000 } })
    expect(revoked).toEqual([[ID, 60_000]])
    expect(events).toMatchObject([{ name: 'notice', message: expect.stringContaining(ID) as unknown }])
  })

  test('by its id until any pass would have expired', async () => {
    const { revoker, revoked } = setUp()
    expect((await revoker.byId(ID)).ok).toBe(true)
    expect(revoked).toEqual([[ID, 400 * 86_400_000]])
  })
})

describe('nothing is revoked', () => {
  test('by a token that has expired, is forged or is no token', async () => {
    const { revoker, revoked } = setUp()
    const stranger = generateKeyPairSync('ed25519').privateKey
    const tokens = [
      await tokenOf(NOW / 1000 - 1),
      await tokenOf(NOW / 1000 + 60, ID, stranger),
      await tokenOf(NOW / 1000 + 60, 'short'),
      'a.b.c',
      '',
      'x'.repeat(100_000),
    ]
    const faults = await Promise.all(tokens.map((token) => revoker.byToken(token)))
    expect(faults[0]).toEqual({ ok: false, fault: 'the pass has expired already' })
    for (const fault of faults.slice(1))
      expect(fault).toEqual({ ok: false, fault: 'this is no pass of this gateway' })
    expect(revoked).toEqual([])
  })

  test.each(['', 'short', `${ID}A`, `${ID.slice(0, 21)}B`, '../../../../../../../x'])(
    'by the id %j',
    async (id) => {
      const { revoker, revoked } = setUp()
      expect((await revoker.byId(id)).ok).toBe(false)
      expect(revoked).toEqual([])
    },
  )

  test('when there is no room, and that is said loudly', async () => {
    const { revoker, events } = setUp(true)
    expect((await revoker.byId(ID)).ok).toBe(false)
    expect(events).toMatchObject([{ name: 'notice', level: 'error' }])
  })
})

test('a pass that all workers remember stops at once in all of them', async () => {
  await using gate = await startTollgate()
  const cookie = await passAt(gate.port)
  const other = await passAt(gate.port)
  const statuses = async (value: string) => {
    const seen = Array.from({ length: 12 }, () => ask(gate.port, { headers: { cookie: value } }))
    return new Set((await Promise.all(seen)).map(({ status }) => status))
  }
  expect(await statuses(cookie)).toEqual(new Set([200]))
  const post = (body: unknown) =>
    fetch(`${gate.admin}/api/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await post({ pass: cookie })).status).toBe(200)
  expect(await statuses(cookie)).toEqual(new Set([403]))
  expect(await statuses(other)).toEqual(new Set([200]))
  for (const body of [{}, { pass: 1 }, { pass: 'x', id: 'y' }, [], null])
    expect((await post(body)).status).toBe(400)
  expect((await post({ pass: 'x' })).status).toBe(422)
})
