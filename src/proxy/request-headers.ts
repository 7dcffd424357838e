import type { Client } from '../client/client.ts'

/** Fields of one connection only (RFC 9110 §7.6.1); the gateway writes its own. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Fields that the gateway alone may tell the upstream, in any spelling. */
const OWNED = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-real-ip',
])

const OWNED_PREFIX = 'tollgate-'

/** CGI-like upstreams read `X_Real_IP` and `X-Real-IP` as the same variable (RFC 3875 §4.1.18). */
const isOwned = (name: string): boolean => {
  const dashed = name.includes('_') ? name.replaceAll('_', '-') : name
  return OWNED.has(dashed) || dashed.startsWith(OWNED_PREFIX)
}

/** Names that the `Connection` field declares as belonging to this connection. */
const connectionNames = (connection: string | undefined): readonly string[] =>
  connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? []
    : connection
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())

/** What the gateway tells the upstream about a request that it let through. */
export interface Introduction {
  readonly client: Client
  /** `X-Forwarded-For` as it goes on. */
  readonly forwardedFor: string
  readonly action: 'pass' | 'allow'
  readonly rule: string
  readonly level: number
  readonly reference: string
  /** The `Cookie` field without passes. */
  withoutPasses(cookies: string): string | undefined
}

const CREDENTIALS = /^tollgate /i

/** What becomes of a field: it depends on its name alone, or on its value too. */
type Fate = 'drop' | 'keep' | 'cookie' | 'authorization'

const fateOf = (received: string): Fate => {
  const name = received.toLowerCase()
  if (HOP_BY_HOP.has(name) || isOwned(name)) return 'drop'
  return name === 'cookie' || name === 'authorization' ? name : 'keep'
}

/** Visitors send the same few names again and again; strangers' names beyond the cap are looked at each time. */
const MOST_NAMES = 512

const createFates = (): ((received: string) => Fate) => {
  const known = new Map<string, Fate>()
  return (received) => {
    const fate = known.get(received)
    if (fate !== undefined) return fate
    const found = fateOf(received)
    if (known.size < MOST_NAMES) known.set(received, found)
    return found
  }
}

const keptValue = (fate: Fate, value: string, introduction: Introduction): string | undefined => {
  switch (fate) {
    case 'keep':
      return value
    case 'drop':
      return undefined
    case 'cookie':
      return introduction.withoutPasses(value)
    case 'authorization':
      return CREDENTIALS.test(value) ? undefined : value
  }
}

const isListed = (dropped: readonly string[], received: string): boolean => {
  if (dropped.length === 0) return false
  const name = received.toLowerCase()
  return name !== 'host' && dropped.includes(name)
}

/**
 * The request's fields as they go upstream, a flat list of names and values: everything hop-by-hop, owned or
 * secret is left out, our own fields stand once each at the end.
 *
 * @param raw Flat list as received.
 */
export type UpstreamRequestHeaders = (
  raw: readonly string[],
  connection: string | undefined,
  introduction: Introduction,
) => string[]

export const createUpstreamRequestHeaders = (): UpstreamRequestHeaders => {
  const fates = createFates()
  return (raw, connection, introduction) => {
    const dropped = connectionNames(connection)
    const out: string[] = []
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!
      if (isListed(dropped, name)) continue
      const value = keptValue(fates(name), raw[i + 1]!, introduction)
      if (value !== undefined) out.push(name, value)
    }
    introduce(out, introduction)
    return out
  }
}

const introduce = (out: string[], introduction: Introduction): void => {
  const { client, forwardedFor } = introduction
  const address = client.address.text
  out.push(
    'X-Forwarded-For',
    forwardedFor,
    'X-Forwarded-Host',
    client.host,
    'X-Forwarded-Proto',
    client.scheme,
    'X-Real-IP',
    address,
    'Tollgate-Action',
    introduction.action,
    'Tollgate-Rule',
    introduction.rule,
    'Tollgate-Level',
    String(introduction.level),
    'Tollgate-Reference',
    introduction.reference,
  )
}
