import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createDecayMap } from '../../src/decay-map/create.ts'
import { createCrew } from './crew.ts'
import { auditDecayMap } from './audit.ts'
import { keyOf, valueOf } from './keys.ts'

const ROUNDS = 20_000
const HOUR = 3_600_000

test('of four threads racing for one entry exactly one takes it, and exactly one adds it', async () => {
  const map = createDecayMap({ name: 'm', capacity: ROUNDS, valueBytes: 8, atCapacity: 'refuse' })
  for (let round = 0; round < ROUNDS; round += 2) map.set(keyOf(round), valueOf(round), HOUR)
  const crew = createCrew({ map, job: 'race', threads: 4, rounds: ROUNDS, lifetime: HOUR })
  await crew.results
  const wrong = Array.from({ length: ROUNDS }, (_, round) => crew.winners(round)).filter(
    (winners) => winners !== 1,
  )
  expect(wrong).toEqual([])
  expect(map.stats()).toMatchObject({ entries: ROUNDS / 2, evictions: 0 })
  expect(auditDecayMap(map)).toEqual([])
})

test.each([300, 30_000])(
  'sweeping while four threads read and write %i entries loses and revives nothing',
  async (keys) => {
    const map = createDecayMap({ name: 'm', capacity: keys, valueBytes: 16, atCapacity: 'evict' })
    const crew = createCrew({ map, job: 'churn', threads: 4, rounds: keys * 2, lifetime: 40 })
    let swept = 0
    let slices = 0
    while (slices < 3000) {
      swept += map.sweep(64).removed
      slices += [2, 3, 4, 5].every((owner) => crew.progress(owner) > 0) ? 1 : 0
      await setImmediate()
    }
    crew.stop()
    const results = await crew.results
    expect(results.flatMap((result) => result.faults)).toEqual([])
    expect(results.every((result) => result.done > 0)).toBe(true)
    expect(swept).toBeGreaterThan(0)
    expect(auditDecayMap(map)).toEqual([])
  },
)

test.each([
  [1000, 1],
  [20_000, 2],
])('four threads adding at once never make more than %i entries', async (capacity, times) => {
  const map = createDecayMap({ name: 'm', capacity, valueBytes: 1, atCapacity: 'evict' })
  const rounds = capacity * times
  const crew = createCrew({ map, job: 'fill', threads: 4, rounds, lifetime: HOUR })
  const results = await crew.results
  expect(results.flatMap((result) => result.faults)).toEqual([])
  expect(map.stats()).toMatchObject({ entries: capacity, evictions: 4 * rounds - capacity })
  expect(auditDecayMap(map)).toEqual([])
})

test('ten million entries come, are found, and go when their time is over', async () => {
  const rounds = 10_000_000
  const map = createDecayMap({ name: 'm', capacity: rounds, valueBytes: 8, atCapacity: 'refuse' })
  expect(map.stats().bytes).toBeLessThan(800_000_000)
  const crew = createCrew({ map, job: 'millions', threads: 1, rounds, lifetime: HOUR })
  expect(await crew.results).toEqual([{ done: rounds, faults: [] }])
  expect(map.stats()).toMatchObject({ entries: 0, evictions: 0, removed: rounds })
}, 300_000)
