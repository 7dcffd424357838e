/** The closed union of things that happen. Rooms tell; the log and the metrics listen. */

/** What was done with a request. `pass`: forwarded on a valid pass; `allow`: forwarded by a rule. */
export type Action = 'pass' | 'allow' | 'challenge' | 'deny'

export const ACTIONS = ['pass', 'allow', 'challenge', 'deny'] as const satisfies readonly Action[]

export type ChallengeStep = 'issued' | 'solved' | 'failed' | 'expired' | 'abandoned'

export const CHALLENGE_STEPS = [
  'issued',
  'solved',
  'failed',
  'expired',
  'abandoned',
] as const satisfies readonly ChallengeStep[]

/** `cached`: known good from the DecayMap; `verified`: its signature was checked now. */
export type PassResult = 'minted' | 'cached' | 'verified' | 'invalid' | 'expired' | 'revoked' | 'absent'

export const PASS_RESULTS = [
  'minted',
  'cached',
  'verified',
  'invalid',
  'expired',
  'revoked',
  'absent',
] as const satisfies readonly PassResult[]

/** Why an upstream request failed; the `code` label of `tollgate_upstream_errors_total`. */
export type UpstreamFault = 'refused' | 'reset' | 'timeout' | 'invalid' | 'aborted' | 'other'

export const UPSTREAM_FAULTS = [
  'refused',
  'reset',
  'timeout',
  'invalid',
  'aborted',
  'other',
] as const satisfies readonly UpstreamFault[]

/** What a rule did on the way to a decision without deciding. `rule` is a name of the configuration. */
export type RuleResult = 'weighed' | 'observed' | 'failed' | 'unverified'

export const RULE_RESULTS = [
  'weighed',
  'observed',
  'failed',
  'unverified',
] as const satisfies readonly RuleResult[]

export interface RuleMark {
  readonly rule: string
  readonly what: RuleResult
  /** What the rule asks for. */
  readonly action: 'allow' | 'deny' | 'challenge' | 'weigh'
}

/** The request that an event is about, in the visitor's own words: for the log and the journal, never a label. */
export interface RequestTold {
  readonly reference: string
  readonly address: string
  readonly method: string
  readonly host: string
  readonly target: string
  readonly userAgent: string
}

/** A request was decided. `site` and `rule` are names of the configuration, never of the request. */
export interface DecidedEvent extends RequestTold {
  readonly name: 'decided'
  readonly site: string
  readonly action: Action
  readonly rule: string
  readonly level: number
  /** Sum of all rules that weighed. */
  readonly weight: number
  /** True when `mode: observe` let it through all the same; `action` says what would have been done. */
  readonly observed: boolean
  /** Absent when no rule did anything on the way. */
  readonly marks?: readonly RuleMark[]
}

/** The gateway answered a request with a fault, or refused the answer to a challenge. */
export interface FaultedEvent extends RequestTold {
  readonly name: 'faulted'
  readonly site: string
  /** From a closed table of codes. */
  readonly code: string
}

/** A step in the life of one or more challenges. */
export interface ChallengeEvent {
  readonly name: 'challenge'
  readonly kind: string
  readonly step: ChallengeStep
  readonly count: number
  /** Why it failed, for the log. */
  readonly reason?: string
  readonly reference?: string
  /** From issue to answer by the server's clock, with `solved`. */
  readonly milliseconds?: number
}

export interface PassEvent {
  readonly name: 'pass'
  readonly result: PassResult
}

export interface SweptEvent {
  readonly name: 'swept'
  readonly map: string
  readonly result: 'ok' | 'failed'
  readonly removed: number
  readonly milliseconds: number
  readonly cause?: unknown
}

export interface UpstreamAnsweredEvent {
  readonly name: 'upstream-answered'
  /** Until the response head arrived. */
  readonly milliseconds: number
}

export interface UpstreamFailedEvent {
  readonly name: 'upstream-failed'
  readonly code: UpstreamFault
  readonly reference: string
  readonly cause: unknown
}

export interface WorkerEvent {
  readonly name: 'worker'
  readonly worker: number
  readonly state: 'started' | 'died' | 'stopped'
  readonly cause?: unknown
}

export interface ReloadEvent {
  readonly name: 'reloaded'
  readonly result: 'ok' | 'failed'
  readonly detail?: string
}

/** Something the operator should read: `level` as in the log. */
export interface NoticeEvent {
  readonly name: 'notice'
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly cause?: unknown
}

export type GateEvent =
  | DecidedEvent
  | FaultedEvent
  | ChallengeEvent
  | PassEvent
  | SweptEvent
  | UpstreamAnsweredEvent
  | UpstreamFailedEvent
  | WorkerEvent
  | ReloadEvent
  | NoticeEvent

/** Told of everything that happens. Never throws and never blocks. */
export type OnEvent = (event: GateEvent) => void
