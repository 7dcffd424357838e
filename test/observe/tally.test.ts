import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createTallyMemory, tallyLayoutOf } from '../../src/observe/tally-layout.ts'
import { createTally } from '../../src/observe/tally.ts'
import { readTally } from '../../src/observe/tally-reading.ts'
import { decidedEvent } from './events.ts'

const layout = tallyLayoutOf({
  sites: [
    { name: 'demo', rules: ['browsers', 'bots'] },
    { name: 'shop', rules: ['bots'] },
  ],
  kinds: ['pow'],
  maps: ['challenges'],
})
const tallyFor = (memory: SharedArrayBuffer, row: number, now: () => number = () => 0) =>
  createTally({ layout, memory, row, now })

test('the rows of all threads are summed', () => {
  const memory = createTallyMemory(layout, 3)
  for (const row of [0, 1, 2]) {
    const tally = tallyFor(memory, row)
    tally.record(decidedEvent())
    tally.record(decidedEvent({ site: 'shop', rule: 'bots', action: 'deny' }))
    tally.record({ name: 'challenge', kind: 'pow', step: 'abandoned', count: 7 })
    tally.record({ name: 'pass', result: 'cached' })
    tally.record({ name: 'upstream-failed', code: 'timeout', reference: '', cause: undefined })
    tally.record({ name: 'reloaded', result: 'failed' })
  }
  const reading = readTally({ layout, memory })
  expect(reading.requests).toEqual([
    { site: 'demo', action: 'challenge', rule: 'browsers', count: 3 },
    { site: 'shop', action: 'deny', rule: 'bots', count: 3 },
  ])
  expect(reading.challenges.filter(({ count }) => count > 0)).toEqual([
    { kind: 'pow', step: 'abandoned', count: 21 },
  ])
  expect(reading.passes.filter(({ count }) => count > 0)).toEqual([{ result: 'cached', count: 3 }])
  expect(reading.upstreamFaults.filter(({ count }) => count > 0)).toEqual([{ code: 'timeout', count: 3 }])
  expect(reading.reloads).toEqual([
    { result: 'ok', count: 0 },
    { result: 'failed', count: 3 },
  ])
  expect(reading.rows.map(({ requests }) => requests)).toEqual([2, 2, 2])
})

test('a replaced worker goes on where its predecessor stopped, and nothing counts twice', () => {
  const memory = createTallyMemory(layout, 2)
  for (let life = 0; life < 5; life += 1) tallyFor(memory, 1).record(decidedEvent())
  expect(readTally({ layout, memory }).requests[0]?.count).toBe(5)
})

test('what a thread counted outlives the thread', async () => {
  const memory = createTallyMemory(layout, 2)
  const source = `
    import { workerData } from 'node:worker_threads'
    const { createTally } = await import(workerData.module)
    const tally = createTally({ layout: workerData.layout, memory: workerData.memory, row: 1, now: () => 0 })
    for (let i = 0; i < 1000; i += 1) tally.record(workerData.event)
    process.exit(3)`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: {
      module: new URL('../../src/observe/tally.ts', import.meta.url).href,
      layout,
      memory,
      event: decidedEvent(),
    },
  })
  await once(worker, 'exit')
  tallyFor(memory, 1).record(decidedEvent())
  expect(readTally({ layout, memory }).requests[0]?.count).toBe(1001)
})

test('names that the configuration does not know fold into `other`, however many there are', () => {
  const memory = createTallyMemory(layout, 1)
  const tally = tallyFor(memory, 0)
  const bytes = memory.byteLength
  for (let i = 0; i < 100_000; i += 1) {
    tally.record(decidedEvent({ rule: `rule-${i}` }))
    tally.record(decidedEvent({ site: `site-${i}`, rule: `rule-${i}`, action: 'pass' }))
    tally.record({ name: 'challenge', kind: `kind-${i}`, step: 'issued', count: 1 })
    tally.record({ name: 'swept', map: `map-${i}`, result: 'ok', removed: 1, milliseconds: 1 })
  }
  const reading = readTally({ layout, memory })
  expect(reading.requests).toEqual([
    { site: 'demo', action: 'challenge', rule: 'other', count: 100_000 },
    { site: 'other', action: 'pass', rule: 'other', count: 100_000 },
  ])
  expect(reading.challenges.find(({ kind, step }) => kind === 'other' && step === 'issued')?.count).toBe(
    100_000,
  )
  expect(reading.sweeps.find(({ map }) => map === 'other')?.ok).toBe(100_000)
  expect(memory.byteLength).toBe(bytes)
})

test('a value on a bound falls into the bucket of that bound, one above all bounds into the last', () => {
  const memory = createTallyMemory(layout, 1)
  const tally = tallyFor(memory, 0)
  for (const milliseconds of [1, 1.1, 60_000, Number.NaN, -1]) {
    tally.record({ name: 'upstream-answered', milliseconds })
  }
  const { upstream } = readTally({ layout, memory })
  expect(upstream.counts[0]).toBe(1)
  expect(upstream.counts[1]).toBe(1)
  expect(upstream.counts.at(-1)).toBe(1)
  expect(upstream.counts.reduce((sum, count) => sum + count)).toBe(3)
  expect(upstream.sum).toBeCloseTo(60.0021)
})

test('the last good sweep is dated by the thread that saw it last; a failed one does not count', () => {
  const memory = createTallyMemory(layout, 2)
  const swept = { name: 'swept', map: 'challenges', removed: 4, milliseconds: 2 } as const
  const goodAt = () => readTally({ layout, memory }).sweeps[0]?.goodAt
  expect(goodAt()).toBeNull()
  tallyFor(memory, 0, () => 500).record({ ...swept, result: 'ok' })
  tallyFor(memory, 1, () => 900).record({ ...swept, result: 'ok' })
  tallyFor(memory, 0, () => 2000).record({ ...swept, result: 'failed', cause: new Error('no') })
  expect(goodAt()).toBe(900)
  expect(readTally({ layout, memory }).sweeps[0]).toMatchObject({ ok: 2, failed: 1, removed: 12 })
})

test('names that stand twice, or are called `other`, keep their counts apart from nothing', () => {
  const twice = tallyLayoutOf({
    sites: [
      { name: 'other', rules: ['other', 'a', 'a'] },
      { name: 'other', rules: ['b'] },
    ],
    kinds: ['pow', 'pow'],
    maps: [],
  })
  const memory = createTallyMemory(twice, 1)
  const tally = createTally({ layout: twice, memory, row: 0, now: () => 0 })
  tally.record(decidedEvent({ site: 'other', rule: 'a' }))
  tally.record(decidedEvent({ site: 'unknown', rule: 'unknown' }))
  expect(readTally({ layout: twice, memory }).requests.map(({ rule, count }) => [rule, count])).toEqual([
    ['other', 1],
    ['a', 1],
  ])
})
