import type { RequestFacts } from '../client/client.ts'
import type { Fingerprint } from '../challenge/challenges.ts'
import type { PassCookie } from '../pass/cookie.ts'
import type { Bearer, PassCheck, Passes } from '../pass/pass.ts'
import { isIpv4 } from '../base/address.ts'
import { hostnameOf } from './host.ts'

/** How the gateway reads a visitor from facts: what passes are bound to, what tells two browsers apart. */
export interface Visitors {
  bearerOf(facts: RequestFacts): Bearer
  checkPass(facts: RequestFacts): PassCheck | Promise<PassCheck>
  /** Stays the same for one browser over a few seconds. */
  fingerprintOf(facts: RequestFacts): Fingerprint
  /**
   * As the visitor's browser sees the site, whatever stands between and whatever it says: a browser's own `Origin`
   * is believed for the attributes of its own cookie.
   */
  schemeOf(facts: RequestFacts): 'http' | 'https'
}

/** IPv4 /24, IPv6 /64: what one subscriber usually keeps while addresses change. */
const networkOf = ({ client }: RequestFacts): string => {
  const [a, b, , d] = client.address.words
  return isIpv4(client.address) ? `4:${d >>> 8}` : `6:${a}:${b}`
}

/** What passes are bound to. */
export interface Binding {
  readonly bind: 'none' | 'prefix'
  /** Shares passes between all hosts below it. */
  readonly domain: string | undefined
}

/** Who shows the passes of a request. */
export const bearerBy =
  ({ bind, domain }: Binding): Visitors['bearerOf'] =>
  (facts) => ({
    host: domain ?? hostnameOf(facts.client.host),
    network: bind === 'prefix' ? networkOf(facts) : '',
  })

export const createVisitors = (
  parts: Binding & { readonly passes: Passes; readonly cookie: PassCookie },
): Visitors => {
  const bearerOf = bearerBy(parts)
  return {
    bearerOf,
    checkPass: (facts) =>
      parts.passes.check(
        parts.cookie.tokensOf(facts.header('cookie'), facts.header('authorization')),
        bearerOf(facts),
      ),
    fingerprintOf: (facts) =>
      `${facts.client.address.text}\n${facts.userAgent}\n${facts.header('accept-language') ?? ''}`,
    schemeOf: (facts) => (facts.header('origin')?.startsWith('https://') ? 'https' : facts.client.scheme),
  }
}
