/** Metrics of requests, challenges, passes, the upstream and the configuration. */
import type { Registry } from 'prom-client'
import { createHistogram } from './histogram.ts'
import { counter, worthwhile } from './series.ts'
import type { TallyReading } from './tally-reading.ts'

/** Registers them. */
export const requestMetrics = (registry: Registry, read: () => TallyReading): void => {
  counter(registry, {
    name: 'tollgate_requests_total',
    help: 'Decided requests.',
    labels: ['site', 'action', 'rule'],
    samples: () =>
      read().requests.map(({ site, action, rule, count }) => ({
        labels: { site, action, rule },
        value: count,
      })),
  })
  counter(registry, {
    name: 'tollgate_rule_results_total',
    help: 'What rules did on the way to a decision without deciding.',
    labels: ['site', 'rule', 'result'],
    samples: () =>
      read().ruleResults.map(({ site, rule, result, count }) => ({
        labels: { site, rule, result },
        value: count,
      })),
  })
  counter(registry, {
    name: 'tollgate_challenges_total',
    help: 'Challenges by what became of them.',
    labels: ['kind', 'event'],
    samples: () =>
      read()
        .challenges.map(({ kind, step, count }) => ({ labels: { kind, event: step }, value: count }))
        .filter(worthwhile('kind')),
  })
  counter(registry, {
    name: 'tollgate_passes_total',
    help: 'Passes minted and checked.',
    labels: ['result'],
    samples: () => read().passes.map(({ result, count }) => ({ labels: { result }, value: count })),
  })
  counter(registry, {
    name: 'tollgate_upstream_errors_total',
    help: 'Requests that the upstream failed.',
    labels: ['code'],
    samples: () => read().upstreamFaults.map(({ code, count }) => ({ labels: { code }, value: count })),
  })
  counter(registry, {
    name: 'tollgate_config_reload_total',
    help: 'Reloads of the configuration.',
    labels: ['result'],
    samples: () => read().reloads.map(({ result, count }) => ({ labels: { result }, value: count })),
  })
  createHistogram(registry, {
    name: 'tollgate_solve_seconds',
    help: 'From issue of a challenge to its right answer.',
    readings: () => [{ labels: {}, reading: read().solve }],
  })
  createHistogram(registry, {
    name: 'tollgate_upstream_seconds',
    help: 'Until the response head of the upstream arrived.',
    readings: () => [{ labels: {}, reading: read().upstream }],
  })
}
