/** What the main thread and its workers tell each other. Types only; everything is plain data. */
import type { ListenAddress, UpstreamAddress } from '../base/endpoint.ts'
import type { Config } from '../config/schema.ts'
import type { TallyLayout } from '../observe/tally-layout.ts'
import type { KeyMaterial } from '../pass/keys.ts'
import type { MapHandles } from './maps.ts'

/** All that a worker needs to start. */
export interface WorkerStart {
  readonly config: Config
  readonly upstream: UpstreamAddress
  /** Ports that were 0 in the configuration are known here once the first worker has bound them. */
  readonly listen: readonly ListenAddress[]
  /** True where several threads share each port. */
  readonly sharePorts: boolean
  readonly keys: KeyMaterial
  readonly maps: MapHandles
  /** Number of the thread in the maps, different for each thread there ever was. */
  readonly owner: number
  readonly anchor: number
  readonly tally: { readonly layout: TallyLayout; readonly memory: SharedArrayBuffer; readonly row: number }
}

export type ToWorker =
  | { readonly say: 'drain'; readonly milliseconds: number }
  | { readonly say: 'reopen-log' }

export type FromWorker =
  | { readonly say: 'listening'; readonly listen: readonly ListenAddress[] }
  | { readonly say: 'cannot-listen'; readonly message: string }
  /** All requests are finished, or cut at the end of the drain time. */
  | { readonly say: 'drained' }
