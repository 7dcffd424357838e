/** The pass's cookie (RFC 6265): reading it, keeping it from the upstream, setting it. */

/** More tokens than this in one request are not looked at. */
const MOST_TOKENS = 8
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

export const createPassCookie = (options: CookieOptions) => {
  const { name, domain } = options
  const hostName = `__Host-${name}`
  const names = [name, hostName]
  const lifetimeAndScope = (seconds: number) => `; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`
  return {
    /** The tokens in a request's `Cookie` and `Authorization: Tollgate …` headers, at most eight. */
    tokensOf(cookies: string | undefined, authorization: string | undefined): readonly string[] {
      const tokens: string[] = []
      if (authorization?.slice(0, SCHEME.length).toLowerCase() === SCHEME) {
        const token = authorization.slice(SCHEME.length).trim()
        if (token.length <= LONGEST_TOKEN) tokens.push(token)
      }
      if (cookies?.includes(name))
        for (const pair of cookies.split(';')) {
          const value = valueOf(pair.trim(), names)
          if (value !== undefined && value.length <= LONGEST_TOKEN && tokens.length < MOST_TOKENS)
            tokens.push(value)
        }
      return tokens
    },
    /** The `Cookie` header without passes; undefined when nothing is left. */
    withoutPasses(cookies: string): string | undefined {
      if (!cookies.includes(name)) return cookies
      const kept = cookies.split(';').filter((pair) => valueOf(pair.trim(), names) === undefined)
      return kept.join(';').trim() || undefined
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
