import { expect, test } from 'vitest'
import { createMetrics } from '../../src/observe/metrics.ts'
import { createTallyMemory, tallyLayoutOf } from '../../src/observe/tally-layout.ts'
import { createTally } from '../../src/observe/tally.ts'
import { readTally } from '../../src/observe/tally-reading.ts'
import { decidedEvent } from './events.ts'

const NAMES = [
  'tollgate_requests_total',
  'tollgate_challenges_total',
  'tollgate_solve_seconds',
  'tollgate_passes_total',
  'tollgate_decaymap_entries',
  'tollgate_decaymap_capacity',
  'tollgate_decaymap_bytes',
  'tollgate_decaymap_evictions_total',
  'tollgate_sweeps_total',
  'tollgate_sweep_removed_total',
  'tollgate_sweep_seconds',
  'tollgate_sweep_age_seconds',
  'tollgate_upstream_seconds',
  'tollgate_upstream_errors_total',
  'tollgate_config_reload_total',
  'tollgate_rule_results_total',
  'tollgate_list_age_seconds',
  'tollgate_list_entries',
  'tollgate_list_fetches_total',
  'tollgate_rates_entries',
  'tollgate_rates_capacity',
  'tollgate_rates_evictions_total',
  'tollgate_event_loop_delay_seconds',
  'tollgate_build_info',
  'tollgate_workers',
  'tollgate_worker_restarts_total',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
]
const LINE = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|NaN)$/

const setUp = () => {
  const layout = tallyLayoutOf({
    sites: [{ name: 'demo', rules: ['browsers', 'a "quoted"\nrule'] }],
    kinds: ['pow'],
    maps: ['challenges'],
  })
  const memory = createTallyMemory(layout, 2)
  const tally = createTally({ layout, memory, row: 1, now: () => 1000 })
  const metrics = createMetrics({
    read: () => readTally({ layout, memory }),
    maps: () => [
      {
        name: 'challenges',
        entries: 12,
        capacity: 100,
        bytes: 6400,
        evictions: 3,
        removed: 40,
        removedByTag: [0, 40],
      },
    ],
    workers: () => [{ worker: 1, row: 1, state: 'ready', startedAt: 0, restarts: 2 }],
    now: () => 4000,
    lists: () => [
      {
        name: 'cloud',
        entries: 70,
        age: 90_000,
        fetchedAt: 0,
        lastResult: 'failed',
        malformed: 0,
        attempts: { fresh: 2, unchanged: 5, refused: 0, failed: 1 },
      },
    ],
    rates: () => [{ table: 'requests/address/1m', entries: 12, capacity: 65_536, bytes: 1, evictions: 3 }],
    version: '1.2.3',
  })
  return { tally, metrics }
}

test('every metric of the contract is there, and every line can be read', async () => {
  const { tally, metrics } = setUp()
  tally.record(decidedEvent({ rule: 'a "quoted"\nrule' }))
  tally.record({ name: 'swept', map: 'challenges', result: 'ok', removed: 1, milliseconds: 5 })
  const text = await metrics.text()
  for (const name of NAMES) expect(text).toContain(`# TYPE ${name} `)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines.filter((line) => !LINE.test(line))).toEqual([])
  expect(metrics.contentType).toContain('text/plain; version=0.0.4')
})

test('the figures are those of the tally, the maps and the workers', async () => {
  const { tally, metrics } = setUp()
  const marks = [
    { rule: 'a "quoted"\nrule', what: 'weighed', action: 'weigh' },
    { rule: 'browsers', what: 'failed', action: 'deny' },
  ] as const
  tally.record(decidedEvent({ marks }))
  tally.record({ name: 'challenge', kind: 'pow', step: 'solved', count: 1, milliseconds: 700 })
  tally.record({ name: 'swept', map: 'challenges', result: 'ok', removed: 9, milliseconds: 5 })
  tally.setLoopDelay({ p50: 0.001, p99: 0.02, max: 0.3 })
  const lines = (await metrics.text()).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'tollgate_requests_total{site="demo",action="challenge",rule="browsers"} 1',
      'tollgate_rule_results_total{site="demo",rule="a \\"quoted\\"\\nrule",result="weighed"} 1',
      'tollgate_rule_results_total{site="demo",rule="browsers",result="failed"} 1',
      'tollgate_list_age_seconds{list="cloud"} 90',
      'tollgate_list_entries{list="cloud"} 70',
      'tollgate_list_fetches_total{list="cloud",result="unchanged"} 5',
      'tollgate_rates_entries{table="requests/address/1m"} 12',
      'tollgate_rates_evictions_total{table="requests/address/1m"} 3',
      'tollgate_challenges_total{kind="pow",event="solved"} 1',
      'tollgate_solve_seconds_bucket{le="0.5"} 0',
      'tollgate_solve_seconds_bucket{le="1"} 1',
      'tollgate_solve_seconds_bucket{le="+Inf"} 1',
      'tollgate_solve_seconds_sum 0.7',
      'tollgate_solve_seconds_count 1',
      'tollgate_decaymap_entries{map="challenges"} 12',
      'tollgate_decaymap_evictions_total{map="challenges"} 3',
      'tollgate_sweeps_total{map="challenges",result="ok"} 1',
      'tollgate_sweep_removed_total{map="challenges"} 9',
      'tollgate_sweep_seconds_bucket{map="challenges",le="0.01"} 1',
      'tollgate_sweep_age_seconds{map="challenges"} 3',
      'tollgate_event_loop_delay_seconds{worker="1",quantile="0.99"} 0.02',
      'tollgate_workers{state="ready"} 1',
      'tollgate_worker_restarts_total 2',
      `tollgate_build_info{version="1.2.3",node="${process.version}"} 1`,
    ]),
  )
})

test('two scrapes in a row see what happened between them, and add nothing of their own', async () => {
  const { tally, metrics } = setUp()
  const counted = async () => /^tollgate_requests_total\{.*\} (\d+)$/m.exec(await metrics.text())?.[1]
  tally.record(decidedEvent())
  expect([await counted(), await counted()]).toEqual(['1', '1'])
  tally.record(decidedEvent())
  expect(await counted()).toBe('2')
})

test('a hundred thousand unknown rule names add one line', async () => {
  const { tally, metrics } = setUp()
  for (let i = 0; i < 100_000; i += 1) tally.record(decidedEvent({ rule: `rule-${i}` }))
  const lines = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('tollgate_requests_total{'))
  expect(lines).toEqual(['tollgate_requests_total{site="demo",action="challenge",rule="other"} 100000'])
})
