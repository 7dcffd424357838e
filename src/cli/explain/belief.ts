import type { RequestFacts } from '../../client/client.ts'
import type { Arrival } from '../../client/identify.ts'
import type { Asked } from './asked.ts'

/** The headers in which a proxy speaks for its client. */
const FORWARDING = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'forwarded']
const BELIEVED = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'])

const NAMES: Readonly<Record<string, string>> = {
  'x-forwarded-for': 'X-Forwarded-For',
  'x-forwarded-proto': 'X-Forwarded-Proto',
  'x-forwarded-host': 'X-Forwarded-Host',
  'x-real-ip': 'X-Real-IP',
  forwarded: 'Forwarded',
}

const namesOf = (headers: readonly string[]): string => headers.map((name) => NAMES[name] ?? name).join(', ')

const addressBelief = ({ client }: RequestFacts, { peer, trusted, headers }: Arrival): string => {
  const said = headers['x-forwarded-for']
  if (!trusted) return `${peer.text} connects itself`
  if (said === undefined) return `${peer.text} is a trusted proxy and names nobody in X-Forwarded-For`
  if (client.address.text === peer.text)
    return `${peer.text} is a trusted proxy, but X-Forwarded-For names nobody`
  return `${peer.text} is a trusted proxy; X-Forwarded-For is read from its end up to the first stranger`
}

/** Why the client is believed to be who it is, in lines. */
export const beliefOf = ({ facts, arrival }: Asked): readonly string[] => {
  const given = FORWARDING.filter((name) => arrival.headers[name] !== undefined)
  const ignored = arrival.trusted ? given.filter((name) => !BELIEVED.has(name)) : given
  const why = arrival.trusted ? 'never believed' : `${arrival.peer.text} is not in trusted_proxies`
  const others = arrival.trusted
    ? given.filter((name) => BELIEVED.has(name) && name !== 'x-forwarded-for')
    : []
  return [
    addressBelief(facts, arrival),
    ...(others.length === 0 ? [] : [`${namesOf(others)}: believed`]),
    ...(ignored.length === 0 ? [] : [`${namesOf(ignored)}: ignored, ${why}`]),
  ]
}
