/** The seam of the room: what the gateway needs of a site. Types only. */
import type { Policy } from '../policy/policy.ts'
import type { Upstream } from '../proxy/upstream.ts'

/** A host with its upstream and policy. */
export interface Site {
  readonly name: string
  readonly policy: Policy
  readonly upstream: Upstream
  /** `observe`: decide and count, but stop nobody. */
  readonly mode: 'enforce' | 'observe'
}
