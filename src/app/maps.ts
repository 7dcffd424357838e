import { attachDecayMap, createDecayMap } from '../decay-map/create.ts'
import type { AtCapacity, DecayMap, DecayMapHandle } from '../decay-map/decay-map.ts'
import { REFUSED_VALUE_BYTES } from '../pass/passes.ts'
import { KNOWN_VALUE_BYTES } from '../pass/remembered.ts'
import { OPEN_VALUE_BYTES, REVOKED_VALUE_BYTES } from '../store/memory.ts'
import { RECORD_BYTES } from '../store/store.ts'

/** What must not fail first when an operator chooses a tiny capacity: 64 Ki entries are a few MB. */
const LEAST_KEPT = 65_536
const MOST_REFUSED = 65_536
const MOST_REVOKED = 131_072

/** The maps of one process. The names are labels in metrics. */
export interface Maps {
  /** Open challenges: issued and neither answered nor decayed. */
  readonly challenges: DecayMap
  /** Answered challenges, so that none buys two passes. */
  readonly spent: DecayMap
  /** Verified passes. */
  readonly passes: DecayMap
  /** Tokens that failed lately. */
  readonly refused: DecayMap
  readonly revoked: DecayMap
}

export type MapHandles = Readonly<Record<keyof Maps, DecayMapHandle>>

interface Plan {
  readonly valueBytes: number
  readonly atCapacity: AtCapacity
  readonly capacity: (chosen: number) => number
}

const PLANS: Readonly<Record<keyof Maps, Plan>> = {
  challenges: { valueBytes: OPEN_VALUE_BYTES, atCapacity: 'evict', capacity: (chosen) => chosen },
  spent: {
    valueBytes: RECORD_BYTES,
    atCapacity: 'refuse',
    capacity: (chosen) => Math.max(chosen, LEAST_KEPT),
  },
  passes: {
    valueBytes: KNOWN_VALUE_BYTES,
    atCapacity: 'evict',
    capacity: (chosen) => Math.max(chosen, LEAST_KEPT),
  },
  refused: { valueBytes: REFUSED_VALUE_BYTES, atCapacity: 'evict', capacity: () => MOST_REFUSED },
  revoked: { valueBytes: REVOKED_VALUE_BYTES, atCapacity: 'refuse', capacity: () => MOST_REVOKED },
}

export const MAP_NAMES = [
  'challenges',
  'spent',
  'passes',
  'refused',
  'revoked',
] as const satisfies readonly (keyof Maps)[]

const mapsOf = (make: (name: keyof Maps) => DecayMap): Maps => ({
  challenges: make('challenges'),
  spent: make('spent'),
  passes: make('passes'),
  refused: make('refused'),
  revoked: make('revoked'),
})

/** @param capacity `store.capacity`, in entries. */
export const createMaps = (capacity: number): Maps =>
  mapsOf((name) => createDecayMap({ name, ...PLANS[name], capacity: PLANS[name].capacity(capacity) }))

export const handlesOf = (maps: Maps): MapHandles => ({
  challenges: maps.challenges.handle,
  spent: maps.spent.handle,
  passes: maps.passes.handle,
  refused: maps.refused.handle,
  revoked: maps.revoked.handle,
})

/** The same maps for a worker thread. */
export const attachMaps = (handles: MapHandles, owner: number): Maps =>
  mapsOf((name) => attachDecayMap(handles[name], { owner }))

export const listOf = (maps: Maps): readonly DecayMap[] => MAP_NAMES.map((name) => maps[name])
