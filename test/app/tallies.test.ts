import { expect, test } from 'vitest'
import { createTallies, LIVE_TALLIES } from '../../src/app/tallies.ts'
import { createTally } from '../../src/observe/tally.ts'
import { decidedEvent } from '../observe/events.ts'

const sourceOf = (...rules: string[]) => ({
  sites: [{ name: 'demo', rules }],
  kinds: ['pow'],
  maps: ['spent'],
})
const countOf = (tallies: ReturnType<typeof createTallies>, rule: string): number =>
  tallies.read().requests.find((series) => series.rule === rule)?.count ?? 0

test('the same names keep the same counters', () => {
  const tallies = createTallies({ source: sourceOf('a'), rows: 2, now: () => 0 })
  expect(tallies.layOut(sourceOf('a'))).toBe(tallies.current)
  expect(tallies.layOut(sourceOf('b'))).not.toBe(tallies.current)
})

test('no counter goes back over any number of reloads, and late requests are counted where they began', () => {
  const tallies = createTallies({ source: sourceOf('r0', 'kept'), rows: 2, now: () => 0 })
  for (let n = 1; n <= 30; n += 1) {
    const old = createTally({ ...tallies.current, row: 1, now: () => 0 })
    old.record(decidedEvent({ rule: `r${n - 1}` }))
    const before = tallies.read().requests
    tallies.adopt(tallies.layOut(sourceOf(`r${n}`, 'kept')))
    old.record(decidedEvent({ rule: `r${n - 1}` }))
    old.record(decidedEvent({ rule: 'kept' }))
    tallies.record(decidedEvent({ rule: 'kept' }))
    for (const { rule, count } of before)
      expect([rule, countOf(tallies, rule) >= count]).toEqual([rule, true])
    expect([countOf(tallies, `r${n - 1}`), countOf(tallies, 'kept')]).toEqual([2, 2 * n])
  }
  expect([countOf(tallies, 'r0'), countOf(tallies, 'r29')]).toEqual([2, 2])
})

test('a tally that came so many reloads ago is still counted in, the one before it only as it was', () => {
  const tallies = createTallies({ source: sourceOf('r0'), rows: 2, now: () => 0 })
  const first = createTally({ ...tallies.current, row: 1, now: () => 0 })
  const reload = (n: number) => tallies.adopt(tallies.layOut(sourceOf(`r${n}`)))
  for (let n = 1; n <= LIVE_TALLIES; n += 1) reload(n)
  first.record(decidedEvent({ rule: 'r0' }))
  expect(countOf(tallies, 'r0')).toBe(1)
  reload(LIVE_TALLIES + 1)
  first.record(decidedEvent({ rule: 'r0' }))
  expect(countOf(tallies, 'r0')).toBe(1)
})
