/** The seam of the room: pages as values, ready to be written. Types only. */
import type { ChallengeJson, PageChallenge, ProblemJson } from '../protocol.ts'

/** A response but for its status, which the caller knows. */
export interface PageParts {
  /** Name, value, name, value …; `content-length` included. */
  readonly headers: readonly string[]
  /** One character for each byte: write it as `latin1`, so that it joins the head in one write. */
  readonly body: string
}

export interface Refusal {
  /** HTTP status, shown on the page. */
  readonly status: number
  readonly title: string
  readonly text: string
  readonly reference: string
  /** Path and query on this origin that the page links back to; anything else is not linked. */
  readonly returnPath?: string
}

export interface Asset {
  readonly status: 200
  readonly headers: readonly string[]
  readonly body: Buffer
}

export interface Pages {
  /** The page that solves a challenge. Costs no compression, whatever `acceptsGzip` says. */
  challengePage(challenge: PageChallenge, acceptsGzip: boolean): PageParts
  /** A page without script for a person who was refused or met a fault. */
  refusalPage(refusal: Refusal): PageParts
  /** RFC 9457, for machines. */
  problem(problem: ProblemJson): PageParts
  /** A challenge for a machine that asked for one. */
  challengeDocument(challenge: ChallengeJson): PageParts
  /** An immutable file of `B/assets/` by its name there; undefined when there is none. */
  asset(name: string, acceptEncoding: string | undefined): Asset | undefined
}

export interface PagesParts {
  /** Where `web/build.ts` put its files; `web/dist` when absent. */
  readonly assetsDir?: string
  /** Without a slash at the end. */
  readonly basePath: string
}
