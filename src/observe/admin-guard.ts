/** Who may use the admin listener: this machine alone, or whoever knows the token. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const LOGIN_COOKIE = 'tollgate-admin'

export interface Refusal {
  readonly admitted: false
  readonly status: 401 | 403
  readonly text: string
}

export type Admission = { readonly admitted: true } | Refusal

/** The part of a request that the guard looks at. */
export interface AdminCaller extends Pick<IncomingMessage, 'headers' | 'method' | 'url'> {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export interface AdminGuard {
  /** False when there is no token to log in with. */
  readonly takesLogin: boolean
  admit(caller: AdminCaller): Admission
  /** The login cookie when `token` is right, undefined otherwise. */
  login(token: string): string | undefined
}

const ADMITTED: Admission = { admitted: true }
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const LOOPBACK_PEER = /^(?:127\.|::1$|::ffff:127\.)/

const UNKNOWN = 'This needs the admin token: open /?token=TOKEN once, or send Authorization: Bearer TOKEN.'
const FOREIGN =
  'Without a token the admin listener answers this machine alone, by a loopback name. Set admin.token_file to open it further.'
const CROSS_SITE = 'This request was made by another site.'

const refused = (status: 401 | 403, text: string): Refusal => ({ admitted: false, status, text })

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

const cookiesOf = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${LOGIN_COOKIE}=`))
    .map((pair) => pair.slice(LOGIN_COOKIE.length + 1))

/** The `Set-Cookie` that logs a browser in until it is closed. */
export const loginCookie = (value: string): string =>
  `${LOGIN_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict`

/** A page of another site can send requests here, but says where it comes from. */
const isCrossSite = ({ headers, method, url = '/' }: AdminCaller): boolean => {
  const { origin, host } = headers
  if (method !== 'GET' && method !== 'HEAD' && origin !== undefined) {
    return origin !== `http://${host}` && origin !== `https://${host}`
  }
  const site = headers['sec-fetch-site']
  return url.startsWith('/api/') && (site === 'cross-site' || site === 'same-site')
}

const createTokenGuard = (token: string): AdminGuard => {
  const right = digest(token)
  // The cookie is not the token, so that a leaked cookie jar does not open the API of other listeners.
  const cookie = hash('sha256', `tollgate admin login\0${token}`, 'base64url')
  const rightCookie = digest(cookie)
  const isToken = (text: string): boolean => timingSafeEqual(digest(text), right)
  return {
    takesLogin: true,
    login: (text) => (isToken(text) ? cookie : undefined),
    admit: (request) => {
      const { authorization, cookie: header } = request.headers
      if (authorization !== undefined) {
        const [scheme = '', ...rest] = authorization.split(' ')
        if (scheme.toLowerCase() === 'bearer' && isToken(rest.join(' ').trim())) return ADMITTED
        return refused(401, UNKNOWN)
      }
      if (isCrossSite(request)) return refused(403, CROSS_SITE)
      const known = cookiesOf(header).some((value) => timingSafeEqual(digest(value), rightCookie))
      return known ? ADMITTED : refused(401, UNKNOWN)
    },
  }
}

/** The host name is checked as well as the peer: a name of elsewhere may point here (DNS rebinding). */
const createLoopbackGuard = (): AdminGuard => ({
  takesLogin: false,
  login: () => undefined,
  admit: (request) => {
    const peer = request.socket.remoteAddress
    // A unix socket has no peer address; whoever may open the file may ask.
    const near =
      peer === undefined || (LOOPBACK_PEER.test(peer) && LOOPBACK_HOST.test(request.headers.host ?? ''))
    if (!near) return refused(403, FOREIGN)
    return isCrossSite(request) ? refused(403, CROSS_SITE) : ADMITTED
  },
})

/** @param token What `token_file` holds; without one only this machine is admitted. */
export const createAdminGuard = (token: string | undefined): AdminGuard =>
  token === undefined ? createLoopbackGuard() : createTokenGuard(token)
