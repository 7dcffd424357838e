/** The seam between all that answers a request: types only. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestFacts } from '../client/client.ts'
import type { Site } from './site.ts'

/** One request on its way through the gateway. */
export interface Turn {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly facts: RequestFacts
  /** Chosen once, by the host of the request. */
  readonly site: Site
  /** What the visitor can quote and the operator can search for. */
  readonly reference: string
}
