/**
 * What a visitor is told of a fault: chosen by a code from a closed table, so that no operator's detail and no secret
 * can slip into a page.
 */

/** What the visitor is told, by code: HTTP status, title and one plain sentence. */
export const FAULTS = {
  bad_request: [400, 'Bad request', 'The request could not be understood.'],
  not_found: [404, 'Not found', 'There is nothing at this address of the gateway.'],
  method_not_allowed: [405, 'Method not allowed', 'This address does not answer that method.'],
  body_too_large: [413, 'Request too large', 'The request body is larger than this address accepts.'],
  unsupported_media_type: [415, 'Unsupported format', 'Send the answer as JSON or as a form.'],
  upstream_unreachable: [502, 'Site not reachable', 'The site behind this gateway did not answer.'],
  upstream_invalid: [502, 'Invalid answer from the site', 'The site behind this gateway answered badly.'],
  upstream_timeout: [504, 'Site too slow', 'The site behind this gateway did not answer in time.'],
  busy: [503, 'Busy', 'The gateway is busy. Please try again in a moment.'],
  internal: [500, 'Gateway fault', 'The gateway met a fault of its own. Its operator has been told.'],
} as const satisfies Record<string, readonly [status: number, title: string, text: string]>

export type FaultCode = keyof typeof FAULTS
