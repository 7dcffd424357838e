/** What is to be done with a request: a plain value. Types only. */

import type { Mark } from '../policy/policy.ts'

interface Decided {
  readonly rule: string
  /** The level that the rule demands; of a forwarded request the level that it showed. */
  readonly level: number
  /** Sum of all rules that weighed. */
  readonly weight: number
  /** What rules did on the way without deciding; absent when nothing happened. */
  readonly marks?: readonly Mark[]
}

export type Decision =
  | (Decided & {
      readonly outcome: 'forward'
      readonly action: 'pass' | 'allow'
      /** What would have been done, had `mode: observe` not let it through. */
      readonly instead?: Exclude<Decision, { outcome: 'forward' }>
    })
  | (Decided & { readonly outcome: 'refuse' })
  | (Decided & { readonly outcome: 'challenge'; readonly kind: string; readonly work: number })
