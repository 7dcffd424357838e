import { expect, test } from 'vitest'
import { attachDecayMap, createDecayMap } from '../../src/decay-map/create.ts'
import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { ENTRIES, FREE, HIGH_WATER, LOCK, NEXT } from '../../src/decay-map/layout.ts'
import { ownerOf } from '../../src/decay-map/lock.ts'
import { slotAt, stripeAt, tableOf } from '../../src/decay-map/table.ts'
import { auditDecayMap } from './audit.ts'
import { createCrew } from './crew.ts'
import { createHandClock, isValueOf, keyOf, valueOf } from './keys.ts'

const KILLS = 30
const DEAD = 9
const DEAD_LOCK = (1234 << 8) | DEAD

const locksHeldBy = (map: DecayMap, owner: number) => {
  const table = tableOf(map.handle)
  const held = (stripe: number) =>
    ownerOf(Atomics.load(table.words, stripeAt(table, stripe) + LOCK)) === owner
  return Array.from({ length: table.stripes }, (_, stripe) => stripe).filter(held).length
}

test.each([50, 20_000])(
  'threads killed at work on %i entries leave a map that goes on',
  async (capacity) => {
    const map = createDecayMap({ name: 'm', capacity, valueBytes: 16, atCapacity: 'evict' })
    const task = { map, job: 'churn', rounds: capacity * 2, lifetime: 50 } as const
    const bystander = createCrew({ ...task, threads: 1 }, 100)
    // Whether one dies with a lock in its hand is chance; the tests below leave that to none.
    for (let kill = 0; kill < KILLS; kill++) {
      const crew = createCrew({ ...task, threads: 1 }, DEAD)
      await crew.onward(DEAD)
      await crew.workers[0]!.terminate()
      map.recover(DEAD)
      expect(locksHeldBy(map, DEAD)).toBe(0)
      await bystander.onward(100)
    }
    bystander.stop()
    expect((await bystander.results).flatMap((result) => result.faults)).toEqual([])
    expect(auditDecayMap(map)).toEqual([])
    for (let number = 0; number < capacity; number++) map.set(keyOf(number), valueOf(number), 60_000)
    expect(map.stats().entries).toBe(capacity)
    expect(auditDecayMap(map)).toEqual([])
  },
  120_000,
)

/** A map of 100 entries whose only stripe a dead thread holds. */
const orphaned = (spoil: (words: Int32Array, base: number, map: DecayMap) => void = () => {}) => {
  const clock = createHandClock()
  const map = createDecayMap({
    name: 'm',
    capacity: 100,
    valueBytes: 8,
    atCapacity: 'evict',
    clock: clock.now,
  })
  for (let number = 0; number < 100; number++) map.set(keyOf(number), valueOf(number), number < 50 ? 10 : 20)
  const table = tableOf(map.handle)
  spoil(table.words, stripeAt(table, 0), map)
  table.words[stripeAt(table, 0) + LOCK] = DEAD_LOCK
  return { map, clock }
}

const intact = (map: DecayMap) =>
  Array.from({ length: 100 }, (_, number) => map.get(keyOf(number))).every((value, number) =>
    isValueOf(number, value ?? new Uint8Array(8)),
  )

test('a sum that a dead thread left too high is put right', () => {
  const { map } = orphaned((words) => {
    Atomics.add(words, ENTRIES, 1)
  })
  map.recover(DEAD)
  expect(map.stats().entries).toBe(100)
  expect(auditDecayMap(map)).toEqual([])
})

test('a waiter takes over from a thread that never comes back, though nobody recovers it', () => {
  const { map } = orphaned()
  expect(intact(map)).toBe(true)
  expect(auditDecayMap(map)).toEqual([])
})

test.each<[string, (words: Int32Array, base: number, map: DecayMap) => void]>([
  [
    'no buckets',
    (words, base, map) =>
      words.fill(0, base + tableOf(map.handle).bucketsAt, base + tableOf(map.handle).heapAt),
  ],
  [
    'wild buckets',
    (words, base, map) =>
      words.fill(2 ** 30, base + tableOf(map.handle).bucketsAt, base + tableOf(map.handle).heapAt),
  ],
  [
    'no heap',
    (words, base, map) =>
      words.fill(0, base + tableOf(map.handle).heapAt, base + tableOf(map.handle).slotsAt),
  ],
  ['a free list of living slots', (words, base) => (words[base + FREE] = 7)],
  ['a wild high water mark', (words, base) => (words[base + HIGH_WATER] = 2 ** 30)],
  [
    'a chain that bites its tail',
    (words, base, map) => {
      for (let slot = 1; slot <= 100; slot++) words[slotAt(tableOf(map.handle), base, slot) + NEXT] = slot
    },
  ],
])('a stripe left with %s is whole again after recovery', (_, spoil) => {
  const { map } = orphaned(spoil)
  map.recover(DEAD)
  expect(auditDecayMap(map)).toEqual([])
  expect(intact(map)).toBe(true)
})

test('a chain that leads nowhere is repaired by whoever walks it', () => {
  const { map } = orphaned((words, base, own) => {
    for (let slot = 1; slot <= 100; slot++) words[slotAt(tableOf(own.handle), base, slot) + NEXT] = slot
  })
  tableOf(map.handle).words[stripeAt(tableOf(map.handle), 0) + LOCK] = 0
  expect(map.has(keyOf(-5))).toBe(false)
  expect(intact(map)).toBe(true)
  expect(auditDecayMap(map)).toEqual([])
})

test('sweeping passes over a stripe that a dead thread holds, and comes back to it', () => {
  const { map, clock } = orphaned()
  clock.advance(10)
  expect(map.sweep(1000)).toMatchObject({ removed: 0, done: false })
  map.recover(DEAD + 1)
  expect(map.sweep(1000)).toMatchObject({ removed: 0, done: false })
  map.recover(DEAD)
  expect(map.sweep(1000)).toMatchObject({ removed: 50, done: true })
  expect(auditDecayMap(map)).toEqual([])
})

test('a thread that was taken for dead notices and repairs what it may have spoilt', () => {
  const clock = createHandClock()
  const map = createDecayMap({
    name: 'm',
    capacity: 100,
    valueBytes: 8,
    atCapacity: 'evict',
    clock: clock.now,
  })
  const table = tableOf(map.handle)
  const base = stripeAt(table, 0)
  for (let number = 0; number < 50; number++) map.set(keyOf(number), valueOf(number), 100)
  // In the middle of the slow thread's write another one robs it, works, and leaves.
  const rescuer = attachDecayMap(map.handle, { owner: 3, clock: clock.now })
  let robbed = false
  const slow = attachDecayMap(map.handle, {
    owner: 2,
    clock: () => {
      if (!robbed) {
        robbed = true
        rescuer.recover(2)
        rescuer.set(keyOf(60), valueOf(60), 100)
        table.words.fill(0, base + table.bucketsAt, base + table.heapAt)
      }
      return clock.now()
    },
  })
  slow.set(keyOf(61), valueOf(61), 100)
  expect(auditDecayMap(map)).toEqual([])
  expect(map.stats().entries).toBe(52)
  expect(map.has(keyOf(60)) && map.has(keyOf(61)) && map.has(keyOf(0))).toBe(true)
})
