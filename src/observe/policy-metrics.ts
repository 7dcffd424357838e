/** Metrics of what rules ask for: lists that are kept up to date, and counts in sliding windows. */
import type { Registry } from 'prom-client'
import type { ListResult, ListStatus } from '../lists/lists.ts'
import type { RateTableStats } from '../rates/rates.ts'
import { counter, gauge } from './series.ts'

export interface PolicyMetricsParts {
  readonly lists: () => readonly (ListStatus & {
    /** Attempts to renew it, by how they ended. */
    readonly attempts: Readonly<Record<ListResult, number>>
  })[]
  readonly rates: () => readonly RateTableStats[]
}

const RESULTS = ['fresh', 'unchanged', 'refused', 'failed'] as const satisfies readonly ListResult[]

/** Registers them. */
export const policyMetrics = (registry: Registry, { lists, rates }: PolicyMetricsParts): void => {
  gauge(registry, {
    name: 'tollgate_list_age_seconds',
    help: 'Time since the copy in force was known to be current; absent before the first.',
    labels: ['list'],
    samples: () =>
      lists().flatMap(({ name: list, age }) =>
        age === undefined ? [] : [{ labels: { list }, value: age / 1000 }],
      ),
  })
  gauge(registry, {
    name: 'tollgate_list_entries',
    help: 'Addresses and ranges of the copy in force.',
    labels: ['list'],
    samples: () => lists().map(({ name: list, entries }) => ({ labels: { list }, value: entries })),
  })
  counter(registry, {
    name: 'tollgate_list_fetches_total',
    help: 'Attempts to renew a list.',
    labels: ['list', 'result'],
    samples: () =>
      lists().flatMap(({ name: list, attempts }) =>
        RESULTS.map((result) => ({ labels: { list, result }, value: attempts[result] })),
      ),
  })
  gauge(registry, {
    name: 'tollgate_rates_entries',
    help: 'Prefixes or passes with anything in their window.',
    labels: ['table'],
    samples: () => rates().map(({ table, entries }) => ({ labels: { table }, value: entries })),
  })
  gauge(registry, {
    name: 'tollgate_rates_capacity',
    help: 'Most prefixes or passes.',
    labels: ['table'],
    samples: () => rates().map(({ table, capacity }) => ({ labels: { table }, value: capacity })),
  })
  counter(registry, {
    name: 'tollgate_rates_evictions_total',
    help: 'Prefixes or passes that made room with something in their window.',
    labels: ['table'],
    samples: () => rates().map(({ table, evictions }) => ({ labels: { table }, value: evictions })),
  })
}
