/** The pass's cookie (RFC 6265): reading it, keeping it from the upstream, setting it. */

/** More tokens than this in one request are not looked at. */
const MOST_TOKENS = 64
const LONGEST_TOKEN = 2048
const SCHEME = 'tollgate '

export interface CookieOptions {
  readonly name: string
  /** Shares the pass with all hosts below it; without it the cookie stays on one host. */
  readonly domain?: string | undefined
}

const valueOf = (pair: string, names: readonly string[]): string | undefined => {
  const equals = pair.indexOf('=')
  return equals > 0 && names.includes(pair.slice(0, equals)) ? pair.slice(equals + 1) : undefined
}

/** A `Cookie` header taken apart: what it says of passes, and the rest of it. */
interface Jar {
  readonly text: string
  readonly tokens: readonly string[]
  readonly rest: string | undefined
}

const openJar = (text: string, names: readonly string[]): Jar => {
  const tokens: string[] = []
  const rest: string[] = []
  for (const pair of text.split(';')) {
    const value = valueOf(pair.trim(), names)
    if (value === undefined) rest.push(pair)
    else if (value.length <= LONGEST_TOKEN && tokens.length < MOST_TOKENS) tokens.push(value)
  }
  return { text, tokens, rest: rest.join(';').trim() || undefined }
}

export const createPassCookie = (options: CookieOptions) => {
  const { name, domain } = options
  const hostName = `__Host-${name}`
  const names = [name, hostName]
  // A request's header is looked at twice, by the decision and on its way upstream.
  let last: Jar = { text: '', tokens: [], rest: undefined }
  const jarOf = (cookies: string): Jar => {
    if (cookies !== last.text) last = openJar(cookies, names)
    return last
  }
  const lifetimeAndScope = (seconds: number) => `; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`
  return {
    /** The tokens in a request's `Cookie` and `Authorization: Tollgate …` headers, at most 64. */
    tokensOf(cookies: string | undefined, authorization: string | undefined): readonly string[] {
      const tokens: string[] = []
      if (authorization?.slice(0, SCHEME.length).toLowerCase() === SCHEME) {
        const token = authorization.slice(SCHEME.length).trim()
        if (token.length <= LONGEST_TOKEN) tokens.push(token)
      }
      if (cookies?.includes(name)) tokens.push(...jarOf(cookies).tokens)
      return tokens.length > MOST_TOKENS ? tokens.slice(0, MOST_TOKENS) : tokens
    },
    /** The `Cookie` header without passes; undefined when nothing is left. */
    withoutPasses(cookies: string): string | undefined {
      return cookies.includes(name) ? jarOf(cookies).rest : cookies
    },
    /** True for a `Set-Cookie` value that would touch a pass. */
    sets: (setCookie: string): boolean => valueOf(setCookie.split(';', 1)[0]!.trim(), names) !== undefined,
    /** The `Set-Cookie` value. `__Host-` wherever a browser accepts it (RFC 6265bis §4.1.3.2). */
    issue(token: string, scheme: 'http' | 'https', seconds: number): string {
      const secure = scheme === 'https' ? '; Secure' : ''
      if (domain !== undefined)
        return `${name}=${token}; Domain=${domain}${lifetimeAndScope(seconds)}${secure}`
      return `${secure ? hostName : name}=${token}${lifetimeAndScope(seconds)}${secure}`
    },
  }
}

export type PassCookie = ReturnType<typeof createPassCookie>
