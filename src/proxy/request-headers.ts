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
  /** `X-Forwarded-For` as it stood, when its sender is a trusted proxy. */
  readonly forwardedFor: string | undefined
  readonly action: 'pass' | 'allow'
  readonly rule: string
  readonly level: number
  readonly reference: string
  /** The `Cookie` field without passes. */
  withoutPasses(cookies: string): string | undefined
}

const CREDENTIALS = /^tollgate /i

const keptValue = (name: string, value: string, introduction: Introduction): string | undefined => {
  if (name === 'cookie') return introduction.withoutPasses(value)
  return name === 'authorization' && CREDENTIALS.test(value) ? undefined : value
}

/**
 * The request's fields as they go upstream, a flat list of names and values: everything hop-by-hop, owned or
 * secret is left out, our own fields stand once each at the end.
 *
 * @param raw Flat list as received.
 */
export const upstreamRequestHeaders = (
  raw: readonly string[],
  connection: string | undefined,
  introduction: Introduction,
): string[] => {
  const dropped = connectionNames(connection)
  const out: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    if (HOP_BY_HOP.has(name) || isOwned(name)) continue
    if (dropped.length > 0 && name !== 'host' && dropped.includes(name)) continue
    const value = keptValue(name, raw[i + 1]!, introduction)
    if (value !== undefined) out.push(raw[i]!, value)
  }
  const { client, forwardedFor } = introduction
  const address = client.address.text
  out.push(
    'X-Forwarded-For',
    forwardedFor === undefined ? address : `${forwardedFor}, ${address}`,
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
  return out
}
