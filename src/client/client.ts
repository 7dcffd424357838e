/** The seam of the room: who asks, and all that a decision may see. Types only. */
import type { Address } from '../base/address.ts'

/** Who asks, after the trusted proxies. */
export interface Client {
  readonly address: Address
  /** As the client reached us: TLS here, or as a trusted proxy said. */
  readonly scheme: 'http' | 'https'
  /** Lower case, with its port if it has one. */
  readonly host: string
}

/** What a refusal should look like: a page for a person's navigation, a problem document for all else. */
export type Audience = 'page' | 'machine'

/** Frozen; from here on nobody reads the request to decide. */
export interface RequestFacts {
  readonly client: Client
  readonly method: string
  /** The request target byte for byte, as it goes upstream. */
  readonly target: string
  /** The target up to `?`, not decoded. */
  readonly path: string
  readonly userAgent: string
  readonly audience: Audience
  /** All values of a header joined by `, ` (cookies by `; `), by lower-case name; undefined when absent. */
  header(name: string): string | undefined
  /** Names of the headers in lower case, each once. */
  headerNames(): readonly string[]
}
