import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { attachDecayMap } from '../../src/decay-map/create.ts'
import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { examineStore } from '../contracts/store.ts'
import { createHandClock } from './clock.ts'
import { storeMapsOf } from './maps.ts'

examineStore('in memory', (clock) => {
  const maps = storeMapsOf(clock.now)
  const attached = (map: DecayMap) => attachDecayMap(map.handle, { owner: 2, clock: clock.now })
  const other = { open: attached(maps.open), spent: attached(maps.spent), revoked: attached(maps.revoked) }
  return { store: createMemoryStore(maps), others: [createMemoryStore(other)] }
})

const record = Buffer.alloc(16, 1)

test('an answered challenge is no longer an open one', async () => {
  const maps = storeMapsOf(createHandClock().now)
  const store = createMemoryStore(maps)
  const id = randomBytes(16)
  await store.issued(id, 3, 1000)
  expect(maps.open.get(id)?.[0]).toBe(3)
  await store.claim(id, record, 1000)
  expect(maps.open.has(id)).toBe(false)
})

test('issuing never fails: the oldest open challenges make room, and each can still be claimed once', async () => {
  const maps = storeMapsOf(createHandClock().now, { open: 8 })
  const store = createMemoryStore(maps)
  const ids = Array.from({ length: 50 }, () => randomBytes(16))
  for (const id of ids) await store.issued(id, 1, 1000)
  expect(maps.open.stats().entries).toBe(8)
  for (const id of ids) expect((await store.claim(id, record, 1000)).outcome).toBe('claimed')
  for (const id of ids) expect((await store.claim(id, record, 1000)).outcome).toBe('spent')
})

test('a claim that cannot be remembered is refused and leaves the challenge open', async () => {
  const clock = createHandClock()
  const maps = storeMapsOf(clock.now, { spent: 4 })
  const store = createMemoryStore(maps)
  for (let i = 0; i < 4; i++) await store.claim(randomBytes(16), record, 1000)
  const id = randomBytes(16)
  await store.issued(id, 1, 5000)
  expect(await store.claim(id, record, 1000)).toEqual({ outcome: 'full' })
  expect(maps.open.has(id)).toBe(true)
  clock.advance(1000)
  maps.spent.sweep(100)
  expect((await store.claim(id, record, 1000)).outcome).toBe('claimed')
})

test('a revocation that cannot be remembered is an error, not a silence', async () => {
  const maps = storeMapsOf(createHandClock().now, { revoked: 2 })
  const store = createMemoryStore(maps)
  const revoke = async () => store.revoke(randomBytes(16), 1000)
  await revoke()
  await revoke()
  await expect(revoke()).rejects.toThrow(/full/i)
})
