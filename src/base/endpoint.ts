import { parseAddress } from './address.ts'
import { bad, good } from './parsed.ts'
import type { Parsed } from './parsed.ts'

/** A unix socket; `path` is absolute. */
export interface UnixEndpoint {
  readonly kind: 'unix'
  readonly path: string
}

/** Where to listen. An empty `host` means all addresses of the machine; port 0 means any free port. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | UnixEndpoint

/** Where the protected server is. `host` has no brackets; `origin` is `scheme://host:port` with them. */
export type UpstreamAddress =
  | { readonly kind: 'http' | 'https'; readonly host: string; readonly port: number; readonly origin: string }
  | UnixEndpoint

const LISTEN_FAULT = 'must be an address such as 127.0.0.1:8923, [::1]:8923, :8923 or unix:/run/tollgate.sock'
const UPSTREAM_FAULT = 'must be http://HOST[:PORT], https://HOST[:PORT] or unix:/PATH'
// 108 bytes of sun_path with its closing zero (unix(7)).
const LONGEST_SOCKET_PATH = 107
const HOST_NAME = /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*$/
const AUTHORITY = /^(?:\[(?<v6>[^[\]]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{1,5}))?$/

const parseUnix = (text: string): Parsed<UnixEndpoint> => {
  const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
  if (!path.startsWith('/') || path.includes('\0') || path.endsWith('/')) {
    return bad('must name a socket by its absolute path, such as unix:/run/site.sock')
  }
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH
    ? good({ kind: 'unix', path })
    : bad(`must have a socket path of at most ${LONGEST_SOCKET_PATH} bytes`)
}

const isHostName = (name: string): boolean =>
  name.length <= 253 && (/^[\d.]+$/.test(name) ? parseAddress(name) !== undefined : HOST_NAME.test(name))

const parseAuthority = (text: string): { host: string; port: number | undefined } | undefined => {
  const groups = AUTHORITY.exec(text)?.groups
  if (groups === undefined) return undefined
  const port = groups['port'] === undefined ? undefined : Number(groups['port'])
  if (port !== undefined && port > 65535) return undefined
  const v6 = groups['v6']
  if (v6 === undefined) return { host: groups['name'] ?? '', port }
  return v6.includes(':') && parseAddress(v6) !== undefined ? { host: v6, port } : undefined
}

/** `127.0.0.1:8923`, `:8923`, `[::1]:8923`, `localhost:8923` or `unix:/path`. */
export const parseListenAddress = (text: string): Parsed<ListenAddress> => {
  if (text.startsWith('unix:')) return parseUnix(text)
  const authority = parseAuthority(text)
  if (authority?.port === undefined) return bad(LISTEN_FAULT)
  const { host, port } = authority
  return host === '' || host.includes(':') || isHostName(host)
    ? good({ kind: 'tcp', host, port })
    : bad(LISTEN_FAULT)
}

const parseHttpUpstream = (kind: 'http' | 'https', rest: string): Parsed<UpstreamAddress> => {
  const bare = rest.endsWith('/') ? rest.slice(0, -1) : rest
  if (/[/?#]/.test(bare)) return bad('must not have a path; the path of each request goes upstream unchanged')
  if (bare.includes('@')) return bad('must not have a user name or password')
  const authority = parseAuthority(bare)
  if (authority === undefined) return bad(UPSTREAM_FAULT)
  const { host, port = kind === 'http' ? 80 : 443 } = authority
  if (port === 0 || !(host.includes(':') || isHostName(host))) return bad(UPSTREAM_FAULT)
  const shown = host.includes(':') ? `[${host}]` : host
  return good({ kind, host, port, origin: `${kind}://${shown}:${port}` })
}

/** `http://host[:port]`, `https://…` or `unix:/path`. A path, query or password in the URL is a fault. */
export const parseUpstream = (text: string): Parsed<UpstreamAddress> => {
  if (text.startsWith('unix:')) return parseUnix(text)
  const match = /^(?<scheme>[a-z0-9]+):\/\/(?<rest>.*)$/is.exec(text)?.groups
  const scheme = match?.['scheme']?.toLowerCase()
  if (scheme === 'h2c') return bad('must be http://, https:// or unix:/; h2c:// is not supported yet')
  if (scheme !== 'http' && scheme !== 'https') return bad(UPSTREAM_FAULT)
  return parseHttpUpstream(scheme, match?.['rest'] ?? '')
}
