/** A histogram that prom-client prints but does not count. */
import { Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { HistogramReading } from './tally-reading.ts'

interface LabelledReading {
  readonly labels: Readonly<Record<string, string>>
  readonly reading: HistogramReading
}

interface HistogramParts {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  readonly readings: () => readonly LabelledReading[]
}

const valuesOf = (name: string, { labels, reading }: LabelledReading) => {
  let total = 0
  const buckets = reading.counts.map((count, index) => {
    total += count
    const le = reading.bounds[index]
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: le === undefined ? '+Inf' : String(le) },
      value: total,
    }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: reading.sum },
    { metricName: `${name}_count`, labels, value: total },
  ]
}

class ReadHistogram extends Histogram {
  readonly #parts: HistogramParts

  constructor(parts: HistogramParts) {
    super({ name: parts.name, help: parts.help, labelNames: parts.labels ?? [], registers: [] })
    this.#parts = parts
  }

  // What prom-client 15 prints, and what its get() is made from.
  getForPromString() {
    const { name, help, readings } = this.#parts
    const values = readings().flatMap((reading) => valuesOf(name, reading))
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values })
  }
}

/** Registers a histogram whose counts are read at scrape time. */
export const createHistogram = (registry: Registry, parts: HistogramParts): void =>
  registry.registerMetric(new ReadHistogram(parts))
