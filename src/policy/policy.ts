/** The seam of the room: what the gateway knows of a policy. Types only. */
import type { RequestFacts } from '../client/client.ts'

/** One rule that was looked at on the way to a verdict. */
export interface TrailStep {
  readonly rule: string
  readonly matched: boolean
  /** In words: the matcher that decided, e.g. `path_regex did not match`. */
  readonly because: string
}

export type VerdictAction = 'allow' | 'deny' | 'challenge'

/** What the policy says of a request. */
export interface Verdict {
  readonly action: VerdictAction
  /** Name of the rule that decided, or `default`. */
  readonly rule: string
  /** Expected hashes that a challenge must cost; 0 unless `challenge`. */
  readonly work: number
  /** The kind of challenge to issue. */
  readonly kind: string
}

export interface Policy {
  /** Names of all rules, `default` included: the closed set of the `rule` label. */
  readonly ruleNames: readonly string[]
  /** The hot path. */
  evaluate(facts: RequestFacts): Verdict | Promise<Verdict>
  /** The same verdict with every rule tried, for `explain`. */
  explain(facts: RequestFacts): Promise<{ readonly verdict: Verdict; readonly trail: readonly TrailStep[] }>
}
