import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { expect, test } from 'vitest'
import { createDecayMap } from '../../src/decay-map/create.ts'
import { TAGS } from '../../src/decay-map/decay-map.ts'
import type { AtCapacity, DecayMap } from '../../src/decay-map/decay-map.ts'
import { auditDecayMap } from './audit.ts'
import { createHandClock, keyOf } from './keys.ts'

const VALUE_BYTES = 5

interface Entry {
  readonly value: number[]
  readonly deadline: number
}

/** What the map should do, in a plain Map: entries in the order of their keys, decayed ones until removed. */
class Model {
  readonly entries = new Map<number, Entry>()
  evictions = 0
  readonly removedByTag = Array.from({ length: TAGS }, () => 0)
  private readonly capacity: number
  private readonly atCapacity: AtCapacity

  constructor(capacity: number, atCapacity: AtCapacity) {
    this.capacity = capacity
    this.atCapacity = atCapacity
  }

  get(key: number, now: number): number[] | undefined {
    const entry = this.entries.get(key)
    return entry && entry.deadline > now ? entry.value : undefined
  }

  put(key: number, value: number[], lifetime: number, now: number, replace: boolean): string {
    const old = this.entries.get(key)
    if (old && old.deadline > now && !replace) return 'present'
    if (old && old.deadline <= now) this.count(old)
    if (!old && this.entries.size === this.capacity && !this.makeRoom(now)) return 'full'
    this.entries.set(key, { value: padded(value), deadline: now + lifetime })
    return 'added'
  }

  sweep(budget: number, now: number): number {
    let swept = 0
    for (const [key, entry] of this.byDeadline().slice(0, budget)) {
      if (entry.deadline > now) break
      this.entries.delete(key)
      this.count(entry)
      swept++
    }
    return swept
  }

  private count({ value }: Entry): void {
    this.removedByTag[Math.min(TAGS - 1, value[0]!)]! += 1
  }

  private makeRoom(now: number): boolean {
    const [key, entry] = this.byDeadline()[0]!
    if (entry.deadline > now && this.atCapacity === 'refuse') return false
    this.entries.delete(key)
    if (entry.deadline > now) this.evictions++
    else this.count(entry)
    return true
  }

  private byDeadline(): [number, Entry][] {
    return [...this.entries].sort((a, b) => a[1].deadline - b[1].deadline)
  }
}

const padded = (value: readonly number[]) =>
  [...value, ...Array.from({ length: VALUE_BYTES }, () => 0)].slice(0, VALUE_BYTES)

const key = integer({ min: 0, max: 11 })
const value = array(integer({ min: 0, max: 255 }), { maxLength: VALUE_BYTES })
// No two deadlines are equal: which of them goes first is not promised.
const lifetime = integer({ min: 1, max: 60 })
const step = oneof(
  record({ do: constant('set' as const), key, value, lifetime }),
  record({ do: constant('add' as const), key, value, lifetime }),
  record({ do: constantFrom('get' as const, 'has' as const, 'take' as const, 'delete' as const), key }),
  record({ do: constant('sweep' as const), budget: integer({ min: 1, max: 5 }) }),
  record({ do: constant('advance' as const), by: integer({ min: 1, max: 40 }) }),
)
type Step = typeof step extends Arbitrary<infer Value> ? Value : never

function run(steps: readonly Step[], capacity: number, atCapacity: AtCapacity): void {
  const clock = createHandClock()
  const map = createDecayMap({ name: 'm', capacity, valueBytes: VALUE_BYTES, atCapacity, clock: clock.now })
  const model = new Model(capacity, atCapacity)
  for (const [index, each] of steps.entries()) {
    both(each, map, model, clock, (index + 1) / 1024)
    const { entries, evictions, removedByTag } = map.stats()
    expect({ entries, evictions, removedByTag }).toEqual({
      entries: model.entries.size,
      evictions: model.evictions,
      removedByTag: model.removedByTag,
    })
  }
  expect(auditDecayMap(map)).toEqual([])
  for (let number = 0; number < 12; number++) {
    expect(bytes(map.get(keyOf(number)))).toEqual(model.get(number, clock.now()))
  }
}

function both(
  each: Step,
  map: DecayMap,
  model: Model,
  clock: ReturnType<typeof createHandClock>,
  shift: number,
): void {
  const now = clock.now()
  switch (each.do) {
    case 'set': {
      const expected = model.put(each.key, each.value, each.lifetime + shift, now, true)
      const set = () => map.set(keyOf(each.key), Uint8Array.from(each.value), each.lifetime + shift)
      if (expected === 'full') expect(set).toThrow('full')
      else set()
      break
    }
    case 'add': {
      const added = map.add(keyOf(each.key), Uint8Array.from(each.value), each.lifetime + shift)
      expect(added).toBe(model.put(each.key, each.value, each.lifetime + shift, now, false))
      break
    }
    case 'get':
      expect(bytes(map.get(keyOf(each.key)))).toEqual(model.get(each.key, now))
      break
    case 'has':
      expect(map.has(keyOf(each.key))).toBe(model.get(each.key, now) !== undefined)
      break
    case 'take':
    case 'delete': {
      const expected = model.get(each.key, now)
      if (each.do === 'take') expect(bytes(map.take(keyOf(each.key)))).toEqual(expected)
      else expect(map.delete(keyOf(each.key))).toBe(expected !== undefined)
      if (expected) model.entries.delete(each.key)
      break
    }
    case 'sweep': {
      const slice = map.sweep(each.budget)
      expect(slice.removed).toBe(model.sweep(each.budget, now))
      if (slice.done) expect([...model.entries.values()].every((entry) => entry.deadline > now)).toBe(true)
      break
    }
    case 'advance':
      clock.advance(each.by)
  }
}

const bytes = (found: Uint8Array | undefined) => found && [...found]

test.each([
  ['evict', 4],
  ['refuse', 4],
  ['evict', 1],
  ['refuse', 100],
] as const)(
  'a map that may %s at %i entries behaves like a plain one with deadlines',
  (atCapacity, capacity) => {
    const check = () =>
      assert(
        property(array(step, { maxLength: 120 }), (steps) => run(steps, capacity, atCapacity)),
        { numRuns: 400 },
      )
    expect(check).not.toThrow()
  },
)
