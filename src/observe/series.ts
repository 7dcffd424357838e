/** Counters and gauges whose values are read when they are scraped. */
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import { OTHER } from './tally-layout.ts'

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface Series {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  readonly samples: () => readonly Sample[]
}

/** Registers a counter. */
export const counter = (registry: Registry, { name, help, labels = [], samples }: Series): void => {
  registry.registerMetric(
    new Counter({
      name,
      help,
      labelNames: labels,
      registers: [],
      collect() {
        this.reset()
        for (const sample of samples()) this.inc({ ...sample.labels }, sample.value)
      },
    }),
  )
}

/** Registers a gauge. */
export const gauge = (registry: Registry, { name, help, labels = [], samples }: Series): void => {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [],
      collect() {
        this.reset()
        for (const sample of samples()) this.set({ ...sample.labels }, sample.value)
      },
    }),
  )
}

/** `other` is worth a line only when something fell into it. */
export const worthwhile =
  (name: string) =>
  ({ labels, value }: Sample): boolean =>
    value > 0 || labels?.[name] !== OTHER
