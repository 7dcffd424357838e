import type { Audience, Client, RequestFacts } from '../../client/client.ts'

/** Stands for the names of headers when all are asked for at once, as expressions do. */
export const ANY_HEADER = '*'

/** The same facts, telling of each header that is asked for in vain. */
export class NoticingFacts implements RequestFacts {
  readonly client: Client
  readonly method: string
  readonly target: string
  readonly path: string
  readonly userAgent: string
  readonly audience: Audience
  readonly #facts: RequestFacts
  readonly #onAbsent: (name: string) => void

  constructor(facts: RequestFacts, onAbsent: (name: string) => void) {
    this.client = facts.client
    this.method = facts.method
    this.target = facts.target
    this.path = facts.path
    this.userAgent = facts.userAgent
    this.audience = facts.audience
    this.#facts = facts
    this.#onAbsent = onAbsent
  }

  header(name: string): string | undefined {
    const value = this.#facts.header(name)
    if (value === undefined) this.#onAbsent(name)
    return value
  }

  headerNames(): readonly string[] {
    this.#onAbsent(ANY_HEADER)
    return this.#facts.headerNames()
  }
}
