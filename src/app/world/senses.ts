import { loadavg } from 'node:os'
import type { Dns } from '../../dns/dns.ts'
import type { RequestFacts } from '../../client/client.ts'
import type { Notes } from '../../gateway/notes.ts'
import type { Geo } from '../../geo/geo.ts'
import type { Lists } from '../../lists/lists.ts'
import type { Senses } from '../../policy/senses.ts'
import type { Rates, Who } from '../../rates/rates.ts'

/** Of a policy that is only compiled and never asked: it knows nothing of the world. */
export const NO_SENSES: Senses = Object.freeze({
  count: () => 0,
  reverse: () => [],
  forward: () => [],
  blocked: () => undefined,
  country: () => undefined,
  asn: () => undefined,
  listed: () => false,
  load: () => [0, 0, 0] as const,
  random: () => 0,
})

/** For whom something is counted: address and, where a rule counts by it, the pass that is shown. */
export type WhoOf = (facts: RequestFacts) => Who

/** What the rules of one thread can ask, from those who know. */
export const sensesOf = (parts: {
  readonly rates: Pick<Rates, 'of'>
  readonly whoOf: WhoOf
  readonly dns: Pick<Dns, 'reverse' | 'forward' | 'blocked'>
  readonly geo: Geo
  readonly lists: Pick<Lists, 'has'>
  readonly load: Senses['load']
}): Senses => {
  const { rates, whoOf, dns, geo, lists } = parts
  return {
    count: (spec, facts) => rates.of(spec, whoOf(facts)),
    reverse: (address) => dns.reverse(address),
    forward: (name) => dns.forward(name),
    blocked: (address) => dns.blocked(address),
    country: (address) => geo.country(address),
    asn: (address) => geo.asn(address),
    listed: (list, address) => lists.has(list, address),
    load: parts.load,
    random: Math.random,
  }
}

/** What the gateway notes for the rates that rules ask for; undefined when there are none, so that it costs nothing. */
export const notesOf = (rates: Rates, whoOf: WhoOf): Notes | undefined => {
  if (rates.handle.tables.length === 0) return undefined
  const paths = rates.counts('paths')
  const notFound = (facts: RequestFacts): void => rates.note('not_found', whoOf(facts))
  return {
    requested(facts) {
      const who = whoOf(facts)
      rates.note('requests', who)
      if (paths) rates.notePath(who, facts.path)
    },
    challenged: (facts) => rates.note('challenges', whoOf(facts)),
    refused: (facts) => rates.note('refused', whoOf(facts)),
    ...(rates.counts('not_found') ? { notFound } : {}),
  }
}

/** The system says something new every five seconds. */
const LOAD_MILLISECONDS = 5000

const readLoad = (): readonly [number, number, number] => {
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  return [one, five, fifteen]
}

/** The load of the machine, read so seldom that asking costs nothing. */
export const watchLoad = (): Disposable & { readonly load: Senses['load'] } => {
  let now = readLoad()
  const timer = setInterval(() => (now = readLoad()), LOAD_MILLISECONDS)
  timer.unref()
  return { load: () => now, [Symbol.dispose]: () => clearInterval(timer) }
}
