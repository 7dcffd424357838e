/**
 * Everything that crosses the wire between `src/` and `web/`. Imports nothing; `web/` may import only this
 * file of `src/`.
 */

/** The base path (`B`) under which the gateway's own endpoints live unless `base_path` says otherwise. */
export const DEFAULT_BASE_PATH = '/.tollgate'

/** Paths below the base path. */
export const ENDPOINTS = {
  challenge: '/challenge',
  answer: '/answer',
  check: '/check',
  assets: '/assets/',
} as const

/** The `id` of the script element in the challenge page whose text is a `PageChallenge` as JSON. */
export const CHALLENGE_ELEMENT_ID = 'tollgate-challenge'

/** First eight bytes of every proof-of-work message (ASCII). */
export const POW_DOMAIN = 'tollgat1'

/** A challenge as `GET B/challenge` and refusals to machines carry it. */
export interface ChallengeJson {
  /** Opaque, sealed; goes back unchanged in the answer. Characters of base64url only. */
  readonly id: string
  readonly kind: string
  /** 32 bytes, base64url. */
  readonly seed: string
  /** How many sub-puzzles, k. */
  readonly puzzles: number
  /** A sub-puzzle is solved when its 32-bit score is below this. Expected work = k × 2³²/target hashes. */
  readonly target: number
  /** Seconds since 1970-01-01 UTC, after which an answer is refused with 410. */
  readonly expires: number
  /** Path to post the answer to. */
  readonly answer: string
}

/** What the challenge page carries: the challenge and the reference that a visitor can quote. */
export interface PageChallenge extends ChallengeJson {
  /** Also in the `Tollgate-Reference` response header and in the operator's log. */
  readonly reference: string
}

/** The `id` of the script element whose text is `PageTexts` as JSON. */
export const TEXTS_ELEMENT_ID = 'tollgate-texts'

/** Why the challenge page gave up. */
export type PageFailure =
  | 'cookies-off'
  | 'cookies-refused'
  | 'network'
  | 'refused'
  | 'expired'
  | 'spent'
  | 'script'

/** The texts that the challenge page's script shows, in the page's language. */
export interface PageTexts {
  /** `{count}` is the expected number of hashes. */
  readonly work: string
  /** `{seconds}` is the estimate. */
  readonly left: string
  readonly almost: string
  readonly waiting: string
  readonly retrying: string
  readonly started: string
  readonly done: string
  readonly failed: string
  readonly copied: string
  readonly failures: Readonly<Record<PageFailure, string>>
}

/** What is posted to `B/answer` as JSON. As a form, `nonces` and `lanes` are comma-separated numbers. */
export interface AnswerJson {
  readonly id: string
  /** One nonce (0 … 2³²−1) for each sub-puzzle, in order. */
  readonly nonces: readonly number[]
  /** One lane (0 … 255) for each sub-puzzle; all 0 when absent. */
  readonly lanes?: readonly number[]
}

/** Media type of every refusal made for a machine (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json'

/** Why an answer was refused; the `reason` member of the problem document. */
export type AnswerFault = 'malformed' | 'wrong' | 'spent' | 'expired' | 'unknown' | 'busy'

/** Body of a refused answer and of a refusal made for a machine (RFC 9457 members first). */
export interface ProblemJson {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly reference: string
  readonly reason?: AnswerFault
  /** Present when a challenge would open the way: a 410 answer and every challenged machine request. */
  readonly challenge?: ChallengeJson
}

/** One DecayMap as the dashboard shows it. */
export interface MapSnapshot {
  readonly map: string
  readonly entries: number
  readonly capacity: number
  readonly bytes: number
  readonly evictions: number
  readonly sweepsOk: number
  readonly sweepsFailed: number
  readonly removed: number
  /** Milliseconds since the last pass that ended well; null before the first. */
  readonly sinceGoodSweepMs: number | null
}

/** One finished sweep pass as the dashboard shows it. */
export interface SweepSnapshot {
  readonly at: number
  readonly map: string
  readonly result: 'ok' | 'failed'
  readonly removed: number
  readonly milliseconds: number
  readonly cause?: string
}

/** The funnel since the process started. */
export interface FunnelSnapshot {
  readonly issued: number
  readonly solved: number
  readonly failed: number
  readonly expired: number
  readonly abandoned: number
}

/** One worker thread as the dashboard shows it. */
export interface WorkerSnapshot {
  readonly worker: number
  readonly state: 'starting' | 'ready' | 'draining' | 'gone'
  readonly startedAt: number
  readonly restarts: number
  readonly requests: number
  readonly eventLoopDelayMs: number
}

/** One event of the dashboard's stream, once a second. Counters run since the process started. */
export interface DashboardSnapshot {
  readonly at: number
  readonly startedAt: number
  readonly version: string
  readonly rssBytes: number
  readonly maps: readonly MapSnapshot[]
  /** Newest last, at most 50. */
  readonly sweeps: readonly SweepSnapshot[]
  readonly funnel: FunnelSnapshot
  readonly requests: Readonly<Record<string, number>>
  readonly workers: readonly WorkerSnapshot[]
}
