/** Requests while the sweeper removes half of ten million entries, beside the same without a sweep. */
import { join } from 'node:path'
import { millis, type Bench } from './bench.ts'
import { startNodeChild } from './node-child.ts'
import { expectStatus } from './load.ts'
import { navigation } from './requests.ts'
import { warmUp } from './slices.ts'
import { fetchPass } from './visitor.ts'

/** What the gateway's process is told first. */
export interface FilledJob {
  readonly yaml: string
  /** Entries in the map of challenges; half of them decay together. */
  readonly entries: number
  /** From the last entry to the decay of half: time for a calm measurement before. */
  readonly calm: number
}

export interface FilledStarted {
  readonly port: number
}

/** Then: wait until half has decayed; sweep. */
export interface FilledOrder {
  readonly order: 'decay' | 'sweep'
}

export interface Swept {
  readonly removed: number
  readonly milliseconds: number
}

const GOAL_MS = 1
const RATE = 500

export const benchSweep: Bench = async ({ folder, upstream, generator, quick }) => {
  const entries = quick ? 1_000_000 : 10_000_000
  const milliseconds = quick ? 2000 : 12_000
  await using child = startNodeChild('filled-child.ts', ['--max-semi-space-size=16'])
  const yaml = `
listen: 127.0.0.1:0
upstream: http://127.0.0.1:${upstream}
workers: 1
admin: { listen: 'off' }
challenge: { work: 64K, ttl: 24h }
store: { capacity: ${entries + entries / 10} }
log: { level: warn, file: '${join(folder, 'sweep.log')}' }
`
  const { port } = await child.ask<FilledStarted>({
    yaml,
    entries,
    calm: quick ? 6000 : 25_000,
  } satisfies FilledJob)
  // Every other request issues a challenge, which writes into the very map that is swept.
  const requests = [navigation(await fetchPass(port)), navigation()]
  const load = { port, requests, connections: 64, rate: RATE, milliseconds }
  const run = async () => {
    const result = await generator.run(load)
    const { 200: passed = 0, 403: challenged = 0 } = result.statuses
    if (passed + challenged !== result.requests) expectStatus(result, 200, 'visitor')
    return result.latencies
  }
  await warmUp(generator, { port, requests }, quick)
  const before = await run()
  await child.ask({ order: 'decay' } satisfies FilledOrder)
  const sweeping = child.ask<Swept>({ order: 'sweep' } satisfies FilledOrder)
  const during = await run()
  const swept = await sweeping
  const after = await run()
  if (swept.removed < entries / 2) throw new Error(`only ${swept.removed} entries were swept`)
  const calm = Math.max(before.p999, after.p999)
  const worse = during.p999 - calm
  const million = (count: number) => `${(count / 1e6).toFixed(1)} M`
  return {
    title: `Requests during a sweep (one worker, ${RATE}/s open loop, half of them issuing challenges)`,
    rows: [
      {
        work: `p99.9 while ${million(swept.removed)} of ${million(entries)} entries are swept (in ${(swept.milliseconds / 1000).toFixed(1)} s)`,
        figure: millis(during.p999),
        reference: `before ${millis(before.p999)}, after ${millis(after.p999)}`,
        ratio: `${worse >= 0 ? '+' : '−'}${millis(Math.abs(worse))}`,
        goal: `≤ +${GOAL_MS} ms`,
        held: worse <= GOAL_MS,
      },
      {
        work: 'the same: p50 and p99',
        figure: `${millis(during.p50)}, ${millis(during.p99)}`,
        reference: `before ${millis(before.p50)}, ${millis(before.p99)}`,
        ratio: '–',
        goal: '–',
        held: null,
      },
    ],
  }
}
