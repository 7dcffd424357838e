/** The seam of the room: what the gateway knows of a policy. Types only. */
import type { RequestFacts } from '../client/client.ts'
import type { RateSpec } from './senses.ts'

export type VerdictAction = 'allow' | 'deny' | 'challenge'

/** What a rule did on the way to a verdict without being the verdict. */
export interface Mark {
  readonly rule: string
  /**
   * `weighed`: changed the weight; `observed`: would have decided, but is only observed; `failed`: could not be
   * evaluated; `unverified`: all else fitted, but the client is not who it says it is.
   */
  readonly what: 'weighed' | 'observed' | 'failed' | 'unverified'
  readonly action: VerdictAction | 'weigh'
}

/** What the policy says of a request. */
export interface Verdict {
  readonly action: VerdictAction
  /** Name of the rule that decided, `threshold/NAME`, `dnsbl` or `default`. */
  readonly rule: string
  /** Expected hashes that a challenge must cost; 0 unless `challenge`. */
  readonly work: number
  /** The kind of challenge to issue. */
  readonly kind: string
  /** Sum of all rules that weighed. */
  readonly weight: number
  /** Absent when nothing happened on the way. */
  readonly marks?: readonly Mark[]
}

/** One rule that was looked at on the way to a verdict. */
export interface TrailStep {
  /** As in `Verdict.rule`. */
  readonly rule: string
  readonly action: VerdictAction | 'weigh'
  readonly matched: boolean
  /** In words, e.g. `path_regex "^/a" did not match`. */
  readonly because: string
  /** Weight after this step. */
  readonly weight: number
}

export interface Explained {
  readonly verdict: Verdict
  readonly trail: readonly TrailStep[]
}

export interface Policy {
  /** Names of all that can decide, `default` included: the closed set of the `rule` label. */
  readonly ruleNames: readonly string[]
  /** What has to be counted for it. */
  readonly rates: readonly RateSpec[]
  /** The hot path. Never throws: a rule that fails counts as matched if it restricts, as not matched if it permits. */
  evaluate(facts: RequestFacts): Verdict | Promise<Verdict>
  /** The same verdict with every rule that was tried. */
  explain(facts: RequestFacts): Promise<Explained>
}
