import { getRandomValues } from 'node:crypto'
import { durationText } from '../base/units.ts'
import { createMonotonicClock } from '../decay-map/clock.ts'
import type { MonotonicClock } from '../decay-map/decay-map.ts'
import { COUNT_RING, attachCountTable } from './count-table.ts'
import type { RateTable } from './count-table.ts'
import { createKeyHash } from './key-hash.ts'
import { PATH_RING, attachPathTable } from './path-table.ts'
import type { Counted, RateSpec, RateTableHandle, Rates, RatesHandle, Who } from './rates.ts'
import { createSlotMemory } from './slots.ts'

/** Tables of one process; a policy asks for a handful. */
export const MOST_RATES = 64

const PATHS_SHARE = 8

export interface AttachRates {
  /** Number of the thread, 1 … 255, as for a DecayMap. */
  readonly owner: number
  readonly clock?: MonotonicClock
}

export interface RatesParts {
  /** What rules ask for; twins are one. */
  readonly specs: readonly RateSpec[]
  readonly capacity: number
  /** Tables that are still asked for go on where they are, when the capacity is the same. */
  readonly previous?: RatesHandle | undefined
  /** Unpredictable unless a test says otherwise. */
  readonly seed?: readonly [number, number]
}

const randomSeed = (): readonly [number, number] => {
  const [low = 0, high = 0] = getRandomValues(new Int32Array(2))
  return [low, high]
}

/** `requests/address/1m`. */
export const rateName = ({ count, per, window }: RateSpec): string =>
  `${count}/${per}/${durationText(window)}`

const createMemory = ({ count }: RateSpec, capacity: number): SharedArrayBuffer =>
  count === 'paths'
    ? createSlotMemory(Math.ceil(capacity / PATHS_SHARE), PATH_RING)
    : createSlotMemory(capacity, COUNT_RING)

/**
 * Empty tables in new shared memory, one for each spec; plain data for `attachRates` in every thread.
 *
 * @throws RangeError for more than `MOST_RATES` different specs.
 */
export const createRates = ({ specs, capacity, previous, seed }: RatesParts): RatesHandle => {
  const kept = new Map(
    previous?.capacity === capacity ? previous.tables.map((table) => [rateName(table.spec), table]) : [],
  )
  const wanted = new Map(specs.map((spec) => [rateName(spec), spec]))
  if (wanted.size > MOST_RATES) {
    throw new RangeError(`at most ${MOST_RATES} different rates are counted, not ${wanted.size}`)
  }
  const tables = [...wanted].map(
    ([name, spec]): RateTableHandle =>
      kept.get(name) ?? { spec: { ...spec }, memory: createMemory(spec, capacity) },
  )
  return { capacity, seed: previous?.seed ?? seed ?? randomSeed(), tables }
}

interface Attached {
  readonly name: string
  readonly spec: RateSpec
  readonly bytes: number
  readonly table: RateTable
}

/** The same tables for one thread. */
export const attachRates = (handle: RatesHandle, { owner, clock }: AttachRates): Rates => {
  const now = clock ?? createMonotonicClock()
  const hash = createKeyHash(handle.seed)
  const all = handle.tables.map(({ spec, memory }): Attached => {
    const attach = spec.count === 'paths' ? attachPathTable : attachCountTable
    const table = attach(memory, spec.window, owner)
    return { name: rateName(spec), spec, bytes: memory.byteLength, table }
  })
  const byName = new Map(all.map((attached) => [attached.name, attached]))
  // The specs that rules hold on to; whoever makes a new one for each question pays for its name.
  const bySpec = new WeakMap<RateSpec, Attached>()
  const counting = (count: Counted): readonly Attached[] => all.filter(({ spec }) => spec.count === count)
  const noted = {
    requests: counting('requests'),
    challenges: counting('challenges'),
    refused: counting('refused'),
    not_found: counting('not_found'),
    paths: counting('paths'),
  }
  const noteIn = (tables: readonly Attached[], who: Who, path?: number): void => {
    if (tables.length === 0) return
    const time = now()
    for (const { spec, table } of tables) {
      const key = hash.of(spec.per, who)
      if (key !== undefined) table.note(key, time, path)
    }
  }
  const attachedTo = (spec: RateSpec): Attached | undefined => {
    const known = bySpec.get(spec) ?? byName.get(rateName(spec))
    if (known !== undefined) bySpec.set(spec, known)
    return known
  }
  return {
    note: (count, who) => noteIn(noted[count], who),
    notePath: (who, path) => {
      if (noted.paths.length > 0) noteIn(noted.paths, who, hash.ofText(path))
    },
    of(spec, who) {
      const attached = attachedTo(spec)
      const key = attached && hash.of(spec.per, who)
      return key === undefined ? 0 : attached!.table.of(key, now())
    },
    counts: (count) => noted[count].length > 0,
    stats: () =>
      all.map(({ name, bytes, table }) => ({
        table: name,
        entries: table.live(now()),
        capacity: table.capacity,
        bytes,
        evictions: table.evictions,
      })),
    handle,
  }
}
