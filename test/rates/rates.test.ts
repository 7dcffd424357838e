import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { MOST_RATES, attachRates, createRates } from '../../src/rates/create.ts'
import { ratesSchema } from '../../src/rates/options.ts'
import type { RateSpec, Rates, RatesHandle, Who } from '../../src/rates/rates.ts'
import type { ThreadTask } from './thread.ts'

const WINDOW = 60_000
const requests: RateSpec = { count: 'requests', per: 'address', window: WINDOW }
const byPass: RateSpec = { count: 'requests', per: 'pass', window: WINDOW }
const paths: RateSpec = { count: 'paths', per: 'address', window: WINDOW }
const whoOf = (text: string, pass?: string): Who => ({ address: parseAddress(text)!, pass })
const numbered = (number: number): Who => ({ address: { words: [0, 0, 0xffff, (number << 8) >>> 0] } })

interface Stage {
  readonly rates: Rates
  readonly handle: RatesHandle
  now: number
}

const stageOf = (specs: readonly RateSpec[], capacity = 1024, previous?: RatesHandle, seed = 1): Stage => {
  const handle = createRates({ specs, capacity, previous, seed: [seed, -seed] })
  const time = { now: 1e9 + 1234 }
  const rates = attachRates(handle, { owner: 1, clock: () => time.now })
  return Object.assign(time, { handle, rates })
}

describe('counts', () => {
  test('lie between the exact counts of seven and of nine eighths of the window', () => {
    const step = fc.record({ wait: fc.nat(20_000), key: fc.nat(3), many: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(1e9), (steps, start) => {
        const stage = stageOf([requests])
        stage.now = start
        const noted: { at: number; key: number }[] = []
        for (const { wait, key, many } of steps) {
          stage.now += wait
          for (let time = 0; time < many; time++) {
            stage.rates.note('requests', numbered(key))
            noted.push({ at: stage.now, key })
          }
          for (const asked of [0, 1, 2, 3]) {
            const within = (share: number): number =>
              noted.filter(({ at, key: of }) => of === asked && at > stage.now - WINDOW * share).length
            const count = stage.rates.of(requests, numbered(asked))
            expect(count).toBeGreaterThanOrEqual(within(7 / 8))
            expect(count).toBeLessThanOrEqual(within(9 / 8))
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('include the request that is noted first, and are gone when the window is over', () => {
    const stage = stageOf([requests])
    for (let time = 1; time <= 5; time++) {
      stage.rates.note('requests', numbered(1))
      expect(stage.rates.of(requests, numbered(1))).toBe(time)
    }
    stage.now += (WINDOW * 9) / 8
    expect(stage.rates.of(requests, numbered(1))).toBe(0)
  })

  test('are one for a /24 of IPv4, however it is written, and for a /64 of IPv6', () => {
    const { rates } = stageOf([requests])
    rates.note('requests', whoOf('192.0.2.1'))
    rates.note('requests', whoOf('::ffff:192.0.2.200'))
    rates.note('requests', whoOf('2001:db8:0:1::1'))
    expect(rates.of(requests, whoOf('192.0.2.77'))).toBe(2)
    expect(rates.of(requests, whoOf('192.0.3.1'))).toBe(0)
    expect(rates.of(requests, whoOf('2001:db8:0:1:ffff::'))).toBe(1)
    expect(rates.of(requests, whoOf('2001:db8:0:2::1'))).toBe(0)
  })

  test('by pass are of the pass wherever it comes from, and 0 without one', () => {
    const { rates } = stageOf([byPass])
    rates.note('requests', whoOf('192.0.2.1', 'one'))
    rates.note('requests', whoOf('198.51.100.1', 'one'))
    rates.note('requests', whoOf('192.0.2.1'))
    expect(rates.of(byPass, whoOf('203.0.113.9', 'one'))).toBe(2)
    expect(rates.of(byPass, whoOf('192.0.2.1', 'other'))).toBe(0)
    expect(rates.of(byPass, whoOf('192.0.2.1'))).toBe(0)
  })

  test('are apart by what is counted, and nothing is counted that no rule asks for', () => {
    const refused: RateSpec = { ...requests, count: 'refused' }
    const { rates } = stageOf([requests])
    rates.note('refused', numbered(1))
    rates.notePath(numbered(1), '/')
    expect(rates.of(requests, numbered(1))).toBe(0)
    expect(rates.of(refused, numbered(1))).toBe(0)
    expect([rates.counts('requests'), rates.counts('refused'), rates.counts('paths')]).toEqual([
      true,
      false,
      false,
    ])
    expect(createRates({ specs: [], capacity: 1024 }).tables).toEqual([])
  })

  test('of a busy prefix survive a flood of others, and memory stays what it was', () => {
    const { rates } = stageOf([requests], 65_536)
    const [before] = rates.stats()
    for (let number = 1; number <= 1_000_000; number++) {
      rates.note('requests', numbered(number))
      if (number === 300_000) for (let time = 0; time < 3; time++) rates.note('requests', numbered(0))
    }
    const [after] = rates.stats()
    expect(rates.of(requests, numbered(0))).toBe(3)
    expect(after).toEqual({ ...before, entries: 65_536, evictions: 1_000_001 - 65_536 })
    expect(after?.bytes).toBeLessThan(45 * 65_536)
  })

  test('of two prefixes are never mixed up in a table that holds both', () => {
    const { rates } = stageOf([requests], 65_536)
    for (let number = 0; number < 5000; number++) {
      for (let time = 0; time <= number % 3; time++) rates.note('requests', numbered(number))
    }
    const wrong = Array.from({ length: 5000 }, (_, number) => number).filter(
      (number) => rates.of(requests, numbered(number)) !== 1 + (number % 3),
    )
    expect(wrong).toEqual([])
  })
})

describe('distinct paths', () => {
  test.each([1, 10, 100, 300, 1000])('%i of them are told within 10 %%, however often they come', (many) => {
    for (let run = 0; run < 20; run++) {
      const { rates } = stageOf([paths], 1024, undefined, run)
      for (let time = 0; time < 2; time++) {
        for (let path = 0; path < many; path++) rates.notePath(numbered(1), `/page/${run}/${path}`)
      }
      const told = rates.of(paths, numbered(1))
      expect(Math.abs(told - many)).toBeLessThanOrEqual(Math.max(1, many * 0.1))
    }
  })

  test('have a standard error below 4 % at a thousand', () => {
    const errors = Array.from({ length: 100 }, (_, run) => {
      const { rates } = stageOf([paths], 1024, undefined, run)
      for (let path = 0; path < 1000; path++) rates.notePath(numbered(1), `/page/${run}/${path}`)
      return rates.of(paths, numbered(1)) / 1000 - 1
    })
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)).toBeLessThan(
      0.04,
    )
  })

  test('end with their window, the older ones first', () => {
    const stage = stageOf([paths])
    for (let path = 0; path < 50; path++) stage.rates.notePath(numbered(1), `/a/${path}`)
    stage.now += WINDOW / 2
    for (let path = 0; path < 50; path++) stage.rates.notePath(numbered(1), `/b/${path}`)
    expect(stage.rates.of(paths, numbered(1))).toBeGreaterThan(80)
    stage.now += WINDOW / 2
    const later = stage.rates.of(paths, numbered(1))
    expect(later).toBeGreaterThan(40)
    expect(later).toBeLessThan(60)
    stage.now += WINDOW / 2
    expect(stage.rates.of(paths, numbered(1))).toBe(0)
  })

  test('never seem more than 7,098', () => {
    const { rates } = stageOf([paths])
    for (let path = 0; path < 50_000; path++) rates.notePath(numbered(1), `/${path}`)
    expect(rates.of(paths, numbered(1))).toBe(7098)
  })
})

describe('a reload', () => {
  test('keeps what is still asked for, twins once, and drops the rest', () => {
    const first = stageOf([requests, byPass])
    first.rates.note('requests', numbered(7))
    const second = stageOf([{ ...requests }, { ...requests }, paths], 1024, first.handle)
    expect(second.rates.of({ ...requests }, numbered(7))).toBe(1)
    expect(second.handle.tables.map(({ spec }) => spec.count)).toEqual(['requests', 'paths'])
    first.rates.note('requests', numbered(7))
    expect(second.rates.of(requests, numbered(7))).toBe(2)
  })

  test('with another capacity begins anew', () => {
    const first = stageOf([requests])
    first.rates.note('requests', numbered(7))
    expect(stageOf([requests], 2048, first.handle).rates.of(requests, numbered(7))).toBe(0)
  })

  test('never makes more tables than the most there may be', () => {
    const specs = Array.from({ length: MOST_RATES + 1 }, (_, number) => ({
      ...requests,
      window: 1000 + number,
    }))
    expect(() => createRates({ specs, capacity: 1024 })).toThrow(RangeError)
  })
})

test('threads that count at once lose nothing, whether their keys are new, known or a slice older', async () => {
  const { outputFiles } = buildSync({
    entryPoints: [`${import.meta.dirname}/thread.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'esnext',
  })
  const [threads, keys, times] = [3, 1500, 7]
  const handle = createRates({ specs: [requests, paths], capacity: 65_536, seed: [5, 6] })
  const shared = new Int32Array(new SharedArrayBuffer(4))
  const workers = Array.from({ length: threads }, (_, index) => {
    const workerData: ThreadTask = { handle, owner: index + 1, threads, keys, times, window: WINDOW, shared }
    return new Worker(outputFiles[0]!.text, { eval: true, workerData })
  })
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  const rates = attachRates(handle, { owner: 5, clock: () => 1e6 + (times - 1) * (WINDOW / 8) })
  const wrong = Array.from({ length: keys }, (_, key) => rates.of(requests, numbered(key))).filter(
    (count) => count !== threads * times,
  )
  expect(wrong).toEqual([])
  expect(rates.stats().map(({ entries, evictions }) => [entries, evictions])).toEqual([
    [keys, 0],
    [keys, 0],
  ])
  // The last three to four quarters of the window: at the least what was noted in the last five slices.
  const distinct = Array.from({ length: keys }, (_, key) => rates.of(paths, numbered(key)))
  expect(Math.min(...distinct)).toBeGreaterThanOrEqual(threads * 5)
})

test('the option has a capacity and says what it can be', () => {
  expect(ratesSchema.parse(undefined)).toEqual({ capacity: 65_536 })
  expect(ratesSchema.safeParse({ capacity: 5 }).error?.issues[0]?.message).toBe('must be at least 1k')
})
