/** What the main thread and its workers tell each other. Types only; everything is plain data. */
import type { ListenAddress, UpstreamAddress } from '../base/endpoint.ts'
import type { Config } from '../config/schema.ts'
import type { GeoHandle } from '../geo/geo.ts'
import type { ListHandle } from '../lists/lists.ts'
import type { TallyLayout } from '../observe/tally-layout.ts'
import type { KeyMaterial } from '../pass/keys.ts'
import type { RatesHandle } from '../rates/rates.ts'
import type { MapHandles } from './maps.ts'

/** Where counters stand: laid out anew when the names of sites or rules change. */
export interface TallyHandle {
  readonly layout: TallyLayout
  readonly memory: SharedArrayBuffer
}

/** All that a reload may change in a worker. */
export interface GatewayPlan {
  /** Grows by one with each plan that is tried. */
  readonly generation: number
  readonly config: Config
  /** Where a site goes that names no upstream. */
  readonly upstream: UpstreamAddress
  readonly tally: TallyHandle
  /** What rules ask to be counted. */
  readonly rates: RatesHandle
  readonly geo: GeoHandle
}

/** All that a worker needs to start. */
export interface WorkerStart {
  readonly plan: GatewayPlan
  /** Ports that were 0 in the configuration are known here once the first worker has bound them. */
  readonly listen: readonly ListenAddress[]
  /** True where several threads share each port. */
  readonly sharePorts: boolean
  readonly keys: KeyMaterial
  readonly maps: MapHandles
  /** Number of the thread in the maps, different for each thread there ever was. */
  readonly owner: number
  readonly anchor: number
  /** Of the tally. */
  readonly row: number
  readonly journal: SharedArrayBuffer
  readonly lists: readonly ListHandle[]
}

export type ToWorker =
  | { readonly say: 'drain'; readonly milliseconds: number }
  | { readonly say: 'reopen-log' }
  /** A new copy of a list is in force. */
  | { readonly say: 'list'; readonly handle: ListHandle }
  /** Forget all other lists. */
  | { readonly say: 'keep-lists'; readonly names: readonly string[] }
  /** Build everything beside what runs, and change nothing yet. */
  | { readonly say: 'prepare'; readonly plan: GatewayPlan }
  /** Put what was prepared in force, or forget it. */
  | { readonly say: 'commit' | 'discard'; readonly generation: number }

export type FromWorker =
  | { readonly say: 'listening'; readonly listen: readonly ListenAddress[] }
  | { readonly say: 'cannot-listen'; readonly message: string }
  /** All requests are finished, or cut at the end of the drain time. */
  | { readonly say: 'drained' }
  | { readonly say: 'prepared' | 'committed'; readonly generation: number }
  | { readonly say: 'cannot-prepare'; readonly generation: number; readonly message: string }
