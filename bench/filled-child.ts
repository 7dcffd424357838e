/**
 * Run by bench/sweep.ts: a gateway whose map of challenges is full of entries before the first visitor comes, half
 * of which decay at one moment. Put together as `app/` does it, from the same parts.
 */
import { createClocks, takeAnchor } from '../src/app/clocks.ts'
import { createMaps, handlesOf, listOf } from '../src/app/maps.ts'
import { createPlanner } from '../src/app/reload/planner.ts'
import { superviseWorkers } from '../src/app/supervisor.ts'
import { loadConfig } from '../src/config/load.ts'
import type { DecayMap } from '../src/decay-map/decay-map.ts'
import { createSweeper, type SweepReport } from '../src/decay-map/sweeper.ts'
import { createJournalMemory } from '../src/observe/journal-layout.ts'
import { loadKeyMaterial } from '../src/pass/keys.ts'
import { OPEN_VALUE_BYTES } from '../src/store/memory.ts'
import type { FilledJob, FilledOrder, FilledStarted, Swept } from './sweep.ts'

const LONG = 86_400_000

const words = new Uint32Array(4)
const key = new Uint8Array(words.buffer)
const value = new Uint8Array(OPEN_VALUE_BYTES)
value[0] = 1

/** @returns Milliseconds that it took. */
const fill = (map: DecayMap, from: number, to: number, lifetime: () => number): number => {
  const begun = performance.now()
  for (let i = from; i < to; i++) {
    words[0] = i
    words[1] = Math.imul(i, 0x9e3779b1)
    words[2] = Math.imul(i ^ 0x5bd1e995, 0x85ebca6b)
    map.set(key, value, lifetime())
  }
  return performance.now() - begun
}

const start = async ({ yaml, entries, calm }: FilledJob): Promise<void> => {
  const loaded = loadConfig({ text: yaml, env: {} })
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('; '))
  const { config } = loaded
  const maps = createMaps(config.store.capacity)
  const half = entries / 2
  const took = fill(maps.challenges, 0, half, () => LONG)
  const decaysAt = performance.now() + took * 2 + calm
  fill(maps.challenges, half, entries, () => Math.max(1, decaysAt - performance.now()))

  const anchor = takeAnchor()
  const supervisor = await superviseWorkers({
    workers: 1,
    listen: config.listen,
    plan: createPlanner(2).plan(config, config.upstream!, undefined),
    startOf: (plan, listen, owner, row) => ({
      plan,
      listen,
      sharePorts: false,
      keys: loadKeyMaterial(undefined),
      maps: handlesOf(maps),
      owner,
      anchor,
      row,
      journal: createJournalMemory(),
      lists: [],
    }),
    recover: () => {},
    onEvent: () => {},
    wallClock: createClocks(anchor).anchored,
  })

  let report: Swept = { removed: 0, milliseconds: 0 }
  const onSweep = (done: SweepReport): void => {
    if (done.map === 'challenges') report = { removed: done.removed, milliseconds: done.milliseconds }
  }
  const sweeper = createSweeper({ maps: listOf(maps), interval: LONG, onSweep })
  process.on('message', ({ order }: FilledOrder) => {
    if (order === 'sweep') void sweeper.runPass().then(() => process.send?.(report))
    else setTimeout(() => process.send?.({}), Math.max(0, decaysAt - performance.now()) + 100)
  })
  const [address] = supervisor.addresses
  process.send?.({ port: address?.kind === 'tcp' ? address.port : 0 } satisfies FilledStarted)
}

process.once('message', (job: FilledJob) => {
  void start(job)
})
process.once('disconnect', () => process.exit(0))
