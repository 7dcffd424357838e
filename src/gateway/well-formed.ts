import type { RequestFacts } from '../client/client.ts'

/** Longer than any host with its port (RFC 1035 §2.3.4); a seal has room for no more. */
const HOST = /^[\x21-\x7e]{0,255}$/

/**
 * Origin form alone (RFC 9112 §3.2.1) and no fragment: rules read the path as it stands, and a site may read
 * `http://host/path` or `/path#…` as another.
 */
const TARGET = /^\/[^#]*$/

/** True for a request that rules and site read alike; any other is refused before it is decided. */
export const isWellFormed = ({ client, target }: RequestFacts): boolean =>
  HOST.test(client.host) && TARGET.test(target)
