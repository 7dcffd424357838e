import { expect, test } from 'vitest'
import { createMonotonicClock } from '../../src/decay-map/clock.ts'
import { attachDecayMap, createDecayMap } from '../../src/decay-map/create.ts'
import type { AtCapacity } from '../../src/decay-map/decay-map.ts'
import { auditDecayMap } from './audit.ts'
import { createHandClock, isValueOf, keyOf, valueOf } from './keys.ts'

const mapOf = (capacity: number, atCapacity: AtCapacity = 'evict', valueBytes = 8) => {
  const clock = createHandClock()
  return { clock, map: createDecayMap({ name: 'm', capacity, valueBytes, atCapacity, clock: clock.now }) }
}

test('an entry lives until its lifetime has passed and not a moment longer', () => {
  const { map, clock } = mapOf(10)
  map.set(keyOf(1), valueOf(1), 100)
  clock.advance(99.999)
  expect(map.has(keyOf(1))).toBe(true)
  clock.advance(0.001)
  expect(map.has(keyOf(1))).toBe(false)
  expect(map.get(keyOf(1))).toBeUndefined()
  expect(map.take(keyOf(1))).toBeUndefined()
  expect(map.delete(keyOf(1))).toBe(false)
  expect(map.stats().entries).toBe(1)
})

test('a value goes into the array given and is padded with zeros', () => {
  const { map } = mapOf(10)
  const into = new Uint8Array(12).fill(9)
  map.set(keyOf(1), valueOf(1), 1)
  map.set(keyOf(1), Uint8Array.of(5), 1)
  expect(map.get(keyOf(1), into)).toBe(into)
  expect([...into]).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9])
})

test('a full map of many stripes makes room in its own or another stripe and never grows', () => {
  const capacity = 20_000
  const { map } = mapOf(capacity)
  for (let number = 0; number < 3 * capacity; number++) {
    map.set(keyOf(number), valueOf(number), 1000 + number / 1000)
    if (map.stats().entries > capacity) throw new Error('too many')
  }
  expect(map.stats()).toMatchObject({ entries: capacity, evictions: 2 * capacity })
  expect(auditDecayMap(map)).toEqual([])
})

test('a full map that refuses takes a new entry when one has decayed anywhere', () => {
  const capacity = 20_000
  const { map, clock } = mapOf(capacity, 'refuse')
  for (let number = 0; number < capacity; number++)
    map.set(keyOf(number), valueOf(number), number === 77 ? 1 : 9)
  expect(map.add(keyOf(-1), valueOf(0), 9)).toBe('full')
  expect(() => map.set(keyOf(-1), valueOf(0), 9)).toThrow('full')
  map.set(keyOf(78), valueOf(0), 9)
  clock.advance(1)
  const added = Array.from({ length: 40 }, (_, index) => map.add(keyOf(-1 - index), valueOf(0), 9))
  expect(added.filter((outcome) => outcome === 'added')).toHaveLength(1)
  expect(map.stats()).toMatchObject({ entries: capacity, evictions: 0, removed: 1 })
  expect(auditDecayMap(map)).toEqual([])
})

test('another view of the same memory sees the same entries', () => {
  const { map, clock } = mapOf(10)
  const other = attachDecayMap(structuredClone(map.handle), { owner: 2, clock: clock.now })
  map.set(keyOf(1), valueOf(1), 5)
  expect(isValueOf(1, other.get(keyOf(1))!)).toBe(true)
  expect(other.take(keyOf(1))).toBeDefined()
  expect(map.has(keyOf(1))).toBe(false)
})

test('keys, values, lifetimes and sizes that cannot be are refused', () => {
  const { map } = mapOf(10)
  for (const lifetime of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => map.set(keyOf(1), valueOf(1), lifetime)).toThrow(RangeError)
  }
  expect(() => map.set(new Uint8Array(15), valueOf(1), 1)).toThrow(RangeError)
  expect(() => map.get(new Uint8Array(17))).toThrow(RangeError)
  expect(() => map.set(keyOf(1), new Uint8Array(9), 1)).toThrow(RangeError)
  expect(() => map.get(keyOf(1), new Uint8Array(7))).toThrow(RangeError)
  for (const capacity of [0, -1, 1.5, 2 ** 27]) expect(() => mapOf(capacity)).toThrow(RangeError)
  for (const owner of [0, 256, 1.5]) expect(() => attachDecayMap(map.handle, { owner })).toThrow(RangeError)
  expect(() => attachDecayMap({ ...map.handle, capacity: 11 }, { owner: 1 })).toThrow(RangeError)
  expect(map.stats().entries).toBe(0)
})

test('a clock that throws leaves no lock behind', () => {
  let broken = true
  const clock = () => {
    if (broken) throw new Error('no time')
    return 0
  }
  const map = createDecayMap({ name: 'm', capacity: 10, valueBytes: 8, atCapacity: 'evict', clock })
  expect(() => map.set(keyOf(1), valueOf(1), 1)).toThrow('no time')
  broken = false
  expect(auditDecayMap(map)).toEqual([])
})

test.each([
  ['new', 9, 4],
  ['new in a full map', 9, 5],
  ['known', 0, 4],
])('a write cut short leaves no half entry: the key is %s', (_, number, entries) => {
  const { map } = mapOf(5)
  for (let each = 0; each < entries; each++) map.set(keyOf(each), valueOf(each), 10 + each)
  const gone = new Uint8Array(8)
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  expect(() => map.set(keyOf(number), gone, 100)).toThrow(TypeError)
  expect(auditDecayMap(map)).toEqual([])
  expect(map.has(keyOf(9))).toBe(false)
  expect(isValueOf(1, map.get(keyOf(1))!)).toBe(true)
  expect(map.has(keyOf(0))).toBe(entries < 5)
})

test('values of no bytes and of many bytes are kept', () => {
  const none = mapOf(10, 'evict', 0)
  none.map.set(keyOf(1), new Uint8Array(0), 1)
  expect(none.map.get(keyOf(1))).toEqual(new Uint8Array(0))
  none.clock.advance(1)
  none.map.sweep(10)
  expect(none.map.stats().removedByTag[0]).toBe(1)
  const long = mapOf(10, 'evict', 100)
  for (let number = 0; number < 10; number++) long.map.set(keyOf(number), new Uint8Array(100).fill(number), 1)
  for (let number = 0; number < 10; number++) {
    expect(long.map.get(keyOf(number))).toEqual(new Uint8Array(100).fill(number))
  }
})

test('the memory of a full map is at most 64 bytes for each entry with an 8-byte value', () => {
  for (const capacity of [10_000, 100_000, 1_000_000]) {
    const { map } = mapOf(capacity)
    expect(map.stats().bytes).toBe(map.handle.memory.byteLength)
    expect(map.stats().bytes / capacity).toBeLessThanOrEqual(64)
  }
})

test('stepping the wall clock changes no lifetime', () => {
  const clock = createMonotonicClock()
  const wall = Date.now
  const before = clock()
  Date.now = () => wall() + 86_400_000
  try {
    expect(clock() - before).toBeLessThan(60_000)
  } finally {
    Date.now = wall
  }
  expect(clock()).toBeGreaterThanOrEqual(before)
})
