import { expect, test } from 'vitest'
import { createTallyMemory, tallyLayoutOf } from '../../src/observe/tally-layout.ts'
import { mergeReadings } from '../../src/observe/tally-merge.ts'
import { createTally } from '../../src/observe/tally.ts'
import { readTally } from '../../src/observe/tally-reading.ts'
import { decidedEvent } from './events.ts'

const countedWith = (rules: readonly string[], rows: number) => {
  const layout = tallyLayoutOf({ sites: [{ name: 'demo', rules }], kinds: ['pow'], maps: ['challenges'] })
  const memory = createTallyMemory(layout, rows)
  for (let row = 0; row < rows; row += 1) {
    const tally = createTally({ layout, memory, row, now: () => 100 * rows })
    for (const rule of rules) tally.record(decidedEvent({ rule }))
    tally.record({ name: 'challenge', kind: 'pow', step: 'solved', count: 1, milliseconds: 700 })
    tally.record({ name: 'swept', map: 'challenges', result: 'ok', removed: 5, milliseconds: 2 })
    tally.setLoopDelay({ p50: rows, p99: rows, max: rows })
  }
  return readTally({ layout, memory })
}

test('a reload that names other rules takes nothing back', () => {
  const merged = mergeReadings(countedWith(['old', 'kept'], 3), countedWith(['kept', 'new'], 2))
  expect(merged.requests.map(({ rule, count }) => [rule, count])).toEqual([
    ['old', 3],
    ['kept', 5],
    ['new', 2],
  ])
  expect(merged.challenges.find(({ kind, step }) => kind === 'pow' && step === 'solved')?.count).toBe(5)
  expect(merged.solve.counts.reduce((sum, count) => sum + count)).toBe(5)
  expect(merged.solve.sum).toBeCloseTo(3.5)
  expect(merged.sweeps[0]).toMatchObject({ map: 'challenges', ok: 5, removed: 25, goodAt: 300 })
})

test('the threads of a merged reading are those of now', () => {
  const merged = mergeReadings(countedWith(['a'], 3), countedWith(['a'], 2))
  expect(merged.rows).toEqual([
    { requests: 2, loop: { p50: 2, p99: 2, max: 2 } },
    { requests: 2, loop: { p50: 2, p99: 2, max: 2 } },
  ])
})
