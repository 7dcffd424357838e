import { expect, test } from 'vitest'
import { createTallies, layOutTally, LIVE_TALLIES } from '../../src/app/reload/tallies.ts'
import { createTally } from '../../src/observe/tally.ts'
import { decidedEvent } from '../observe/events.ts'

const sourceOf = (...rules: string[]) => ({
  sites: [{ name: 'demo', rules }],
  kinds: ['pow'],
  maps: ['spent'],
})
const setUp = (...rules: string[]) => {
  let current = layOutTally(sourceOf(...rules), 2, undefined)
  const tallies = createTallies({ first: current, now: () => 0 })
  return {
    tallies,
    /** The tally of a worker as it is laid out now. */
    worker: () => createTally({ ...current, row: 1, now: () => 0 }),
    reload(...names: string[]) {
      current = layOutTally(sourceOf(...names), 2, current)
      tallies.adopt(current)
    },
    countOf: (rule: string): number =>
      tallies.read().requests.find((series) => series.rule === rule)?.count ?? 0,
  }
}

test('the same names keep the same counters', () => {
  const first = layOutTally(sourceOf('a'), 2, undefined)
  expect(layOutTally(sourceOf('a'), 2, first)).toBe(first)
  expect(layOutTally(sourceOf('b'), 2, first)).not.toBe(first)
})

test('no counter goes back over any number of reloads, and late requests are counted where they began', () => {
  const { tallies, worker, reload, countOf } = setUp('r0', 'kept')
  for (let n = 1; n <= 30; n += 1) {
    const old = worker()
    old.record(decidedEvent({ rule: `r${n - 1}` }))
    const before = tallies.read().requests
    reload(`r${n}`, 'kept')
    old.record(decidedEvent({ rule: `r${n - 1}` }))
    old.record(decidedEvent({ rule: 'kept' }))
    tallies.record(decidedEvent({ rule: 'kept' }))
    for (const { rule, count } of before) expect([rule, countOf(rule) >= count]).toEqual([rule, true])
    expect([countOf(`r${n - 1}`), countOf('kept')]).toEqual([2, 2 * n])
  }
  expect([countOf('r0'), countOf('r29')]).toEqual([2, 2])
})

test('a tally that came so many reloads ago is still counted in, the one before it only as it was', () => {
  const { worker, reload, countOf } = setUp('r0')
  const first = worker()
  for (let n = 1; n <= LIVE_TALLIES; n += 1) reload(`r${n}`)
  first.record(decidedEvent({ rule: 'r0' }))
  expect(countOf('r0')).toBe(1)
  reload('another')
  first.record(decidedEvent({ rule: 'r0' }))
  expect(countOf('r0')).toBe(1)
})
