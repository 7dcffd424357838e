/** The seam to those who count what clients do, so that rules can ask for it. Types only. */
import type { RequestFacts } from '../client/client.ts'

export interface Notes {
  /** A gated request has come; told before it is decided. */
  requested(facts: RequestFacts): void
  /** A challenge is shown. */
  challenged(facts: RequestFacts): void
  /** An answer does not solve its challenge. */
  refused(facts: RequestFacts): void
  /** The upstream has nothing at this path; absent where nobody counts it. */
  readonly notFound?: (facts: RequestFacts) => void
}
