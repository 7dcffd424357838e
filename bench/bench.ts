/** The seam of the benches: what a bench is given and what it gives back. */
import type { BenchRow, BenchTable } from './decay-map.ts'
import type { LoadGenerator } from './load.ts'

export type { BenchRow, BenchTable } from './decay-map.ts'

export interface BenchParts {
  /** For configurations and logs of the processes; gone afterwards. */
  readonly folder: string
  /** Port of the site behind all proxies. */
  readonly upstream: number
  readonly generator: LoadGenerator
  /** Shorter, and so rougher. */
  readonly quick: boolean
}

export type Bench = (parts: BenchParts) => Promise<BenchTable>

/** A row about something that this machine cannot show. */
export const missing = (work: string, why: string, goal = '–'): BenchRow => ({
  work,
  figure: why,
  reference: '–',
  ratio: '–',
  goal,
  held: null,
})

export const micros = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} µs`
export const millis = (milliseconds: number): string => `${milliseconds.toFixed(2)} ms`
export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en-US')}/s`
