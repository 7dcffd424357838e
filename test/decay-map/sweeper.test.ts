import { expect, test } from 'vitest'
import { createDecayMap } from '../../src/decay-map/create.ts'
import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { createSweeper } from '../../src/decay-map/sweeper.ts'
import type { SweepReport, SweeperParts } from '../../src/decay-map/sweeper.ts'
import { createHandClock, keyOf } from './keys.ts'

const mapOf = (name: string, now: () => number, entries = 100) => {
  const map = createDecayMap({ name, capacity: entries, valueBytes: 8, atCapacity: 'evict', clock: now })
  for (let number = 0; number < entries; number++) map.set(keyOf(number), Uint8Array.of(number % 3), 10)
  return map
}

/** Fails its sweep the first time. */
const failingOnce = (map: DecayMap, cause: Error): DecayMap => {
  let failed = false
  return Object.create(map, {
    sweep: {
      value: (budget: number) => {
        if (failed) return map.sweep(budget)
        failed = true
        throw cause
      },
    },
  })
}

const setUp = (maps: (now: () => number) => DecayMap[], more: Partial<SweeperParts> = {}) => {
  const clock = createHandClock()
  const reports: SweepReport[] = []
  const timers: { callback: () => void; milliseconds: number; cancelled: boolean }[] = []
  const sweeper = createSweeper({
    maps: maps(clock.now),
    interval: 60_000,
    onSweep: (report) => reports.push(report),
    clock: clock.now,
    setTimer: (callback, milliseconds) => {
      const timer = { callback, milliseconds, cancelled: false }
      timers.push(timer)
      return () => {
        timer.cancelled = true
      }
    },
    pause: () => Promise.resolve(),
    ...more,
  })
  return { clock, reports, timers, sweeper }
}

test('a pass removes every decayed entry of every map and says what it removed', async () => {
  const { clock, reports, sweeper } = setUp((now) => [mapOf('one', now), mapOf('two', now, 10)], {
    sliceBudget: 7,
  })
  expect(sweeper.sinceGoodPass('one')).toBeNull()
  clock.advance(10)
  await sweeper.runPass()
  clock.advance(5)
  expect(reports.map(({ map, result, removed }) => ({ map, result, removed }))).toEqual([
    { map: 'one', result: 'ok', removed: 100 },
    { map: 'two', result: 'ok', removed: 10 },
  ])
  expect(sweeper.sinceGoodPass('one')).toBe(5)
  expect(sweeper.sinceGoodPass('other')).toBeNull()
})

test('a pass works in slices with a pause after each', async () => {
  let pauses = 0
  const pause = () => Promise.resolve(void pauses++)
  const { clock, sweeper } = setUp((now) => [mapOf('one', now)], { sliceBudget: 9, pause })
  clock.advance(10)
  await sweeper.runPass()
  expect(pauses).toBe(Math.floor(100 / 9))
})

test('a pass that throws is reported with its cause, and the next map and the next pass go on', async () => {
  const cause = new Error('made to fail')
  const { clock, reports, sweeper } = setUp((now) => [
    failingOnce(mapOf('one', now), cause),
    mapOf('two', now),
  ])
  clock.advance(10)
  await sweeper.runPass()
  expect(reports).toMatchObject([
    { map: 'one', result: 'failed', removed: 0, cause },
    { map: 'two', result: 'ok', removed: 100 },
  ])
  expect(sweeper.sinceGoodPass('one')).toBeNull()
  await sweeper.runPass()
  expect(reports[2]).toMatchObject({ map: 'one', result: 'ok', removed: 100 })
  expect(sweeper.sinceGoodPass('one')).toBe(0)
})

test('a listener that throws does not end the sweeping', async () => {
  const { clock, timers, sweeper } = setUp((now) => [mapOf('one', now)], {
    onSweep: () => {
      throw new Error('listener')
    },
  })
  clock.advance(10)
  timers[0]!.callback()
  await sweeper.runPass()
  await Promise.resolve()
  expect(timers).toHaveLength(2)
  expect(sweeper.sinceGoodPass('one')).toBe(0)
})

test('a pass over a map that stays locked ends as failed instead of turning for ever', async () => {
  const stuck: DecayMap = Object.create(
    createDecayMap({ name: 's', capacity: 1, valueBytes: 8, atCapacity: 'evict' }),
    {
      sweep: { value: () => ({ removed: 0, done: false }) },
    },
  )
  const { reports, sweeper } = setUp(() => [stuck])
  await sweeper.runPass()
  expect(reports).toMatchObject([{ map: 's', result: 'failed', removed: 0 }])
  expect(String(reports[0]!.cause)).toContain('stayed locked')
})

test('passes start by the timer and never overlap', async () => {
  const { clock, reports, timers, sweeper } = setUp((now) => [mapOf('one', now)], { sliceBudget: 10 })
  expect(timers.map((timer) => timer.milliseconds)).toEqual([60_000])
  clock.advance(10)
  timers[0]!.callback()
  await Promise.all([sweeper.runPass(), sweeper.runPass()])
  expect(reports).toHaveLength(1)
  await Promise.resolve()
  expect(timers.map((timer) => timer.milliseconds)).toEqual([60_000, 60_000])
})

test.each([1000, 3_600_000, 86_400_000, 2 ** 31 - 1, 2 ** 31, 2 ** 33 + 5])(
  'an interval of %i ms is waited for in full, in as many timers as it takes',
  (interval) => {
    const { reports, timers } = setUp((now) => [mapOf('one', now)], { interval })
    let waited = 0
    for (let index = 0; waited < interval; index++) {
      const { milliseconds, callback } = timers[index]!
      expect(milliseconds).toBeLessThan(2 ** 31)
      waited += milliseconds
      if (waited < interval) callback()
    }
    expect(waited).toBe(interval)
    expect(reports).toEqual([])
  },
)

test('disposing ends the running pass at its next pause and starts no other', async () => {
  let resume: () => void = () => {}
  const pause = () => new Promise<void>((resolve) => (resume = resolve))
  const { clock, reports, timers, sweeper } = setUp((now) => [mapOf('one', now)], { sliceBudget: 10, pause })
  clock.advance(10)
  timers[0]!.callback()
  let disposed = false
  const disposal = Promise.resolve(sweeper[Symbol.asyncDispose]()).then(() => (disposed = true))
  await Promise.resolve()
  expect(disposed).toBe(false)
  resume()
  await disposal
  expect(reports).toEqual([])
  expect(timers).toHaveLength(1)
})

test('a sweeper with the system timer sweeps by itself and does not keep the process alive', async () => {
  const map = mapOf('one', () => 0)
  let told: (report: SweepReport) => void = () => {}
  const first = new Promise<SweepReport>((resolve) => (told = resolve))
  const alive = setInterval(() => {}, 1000)
  await using sweeper = createSweeper({ maps: [map], interval: 1, onSweep: told })
  expect(await first).toMatchObject({ map: 'one', result: 'ok', removed: 0 })
  clearInterval(alive)
  expect(sweeper.sinceGoodPass('one')).not.toBeNull()
})
