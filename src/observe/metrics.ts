/** Prometheus metrics, read from the tally and the maps when they are scraped; nothing is done per request. */
import { Registry } from 'prom-client'
import { mapMetrics } from './map-metrics.ts'
import type { MapMetricsParts } from './map-metrics.ts'
import { policyMetrics } from './policy-metrics.ts'
import type { PolicyMetricsParts } from './policy-metrics.ts'
import { processMetrics } from './process-metrics.ts'
import type { ProcessMetricsParts } from './process-metrics.ts'
import { requestMetrics } from './request-metrics.ts'
import type { TallyReading } from './tally-reading.ts'

export interface MetricsParts extends MapMetricsParts, ProcessMetricsParts, PolicyMetricsParts {}

export interface Metrics {
  /** The `Content-Type` of `text`. */
  readonly contentType: string
  /** Prometheus text exposition format 0.0.4. */
  text(): Promise<string>
}

/** The metrics of the process; call once, on the main thread. */
export const createMetrics = (parts: MetricsParts): Metrics => {
  const registry = new Registry()
  let reading: TallyReading | undefined
  const read = (): TallyReading => (reading ??= parts.read())
  requestMetrics(registry, read)
  mapMetrics(registry, { ...parts, read })
  processMetrics(registry, { ...parts, read })
  policyMetrics(registry, parts)
  return {
    contentType: registry.contentType,
    text: () => {
      // One reading for all metrics of a scrape.
      reading = undefined
      return registry.metrics()
    },
  }
}
