import type { Config } from '../../config/schema.ts'
import type { RequestFacts } from '../../client/client.ts'
import type { DecayMap, MonotonicClock } from '../../decay-map/decay-map.ts'
import { createDns } from '../../dns/create-dns.ts'
import type { Dns } from '../../dns/dns.ts'
import type { Notes } from '../../gateway/notes.ts'
import { bearerBy } from '../../gateway/visitor.ts'
import { attachGeo } from '../../geo/load.ts'
import { attachLists } from '../../lists/attach.ts'
import type { ListHandle, Lists } from '../../lists/lists.ts'
import { createPassCookie } from '../../pass/cookie.ts'
import { createRemembered } from '../../pass/remembered.ts'
import type { Senses } from '../../policy/senses.ts'
import { attachRates } from '../../rates/create.ts'
import { notesOf, sensesOf, watchLoad, type WhoOf } from './senses.ts'
import type { GatewayPlan } from '../thread-message.ts'
import type { Later } from '../upstream-pools.ts'

/** What one plan's rules can ask, and what is noted for them; dispose it when the plan is not in force any more. */
export interface Surrounding extends Disposable {
  readonly senses: Senses
  readonly notes: Notes | undefined
}

/** All that a worker thread knows of the world, over all plans. */
export interface Surroundings {
  of(plan: GatewayPlan): Surrounding
  readonly lists: Lists
}

/** Requests that began before a reload may still ask; no lookup takes longer. */
const GRACE_MILLISECONDS = 30_000

interface Resolver {
  readonly dns: Dns
  users: number
}

/** Only a pass that was verified counts as one: with made-up tokens nobody gets a count of his own. */
const passOf = ({ pass }: Config, passes: DecayMap): ((facts: RequestFacts) => string | undefined) => {
  const cookie = createPassCookie(pass.cookie)
  const remembered = createRemembered(passes)
  const bearerOf = bearerBy({ bind: pass.bind, domain: pass.cookie.domain })
  return (facts) => {
    const tokens = cookie.tokensOf(facts.header('cookie'), facts.header('authorization'))
    return remembered.idOf(tokens, bearerOf(facts), Date.now() / 1000)
  }
}

const whoOf = ({ config, rates }: GatewayPlan, passes: DecayMap): WhoOf => {
  if (!rates.tables.some(({ spec }) => spec.per === 'pass')) return ({ client }) => client
  const passIdOf = passOf(config, passes)
  return (facts) => ({ address: facts.client.address, pass: passIdOf(facts) })
}

const createResolvers = (clock: MonotonicClock, later: Later) => {
  const resolvers = new Map<string, Resolver>()
  const open = ({ dns, dns_ttl: ttl }: Config): Resolver => ({
    dns: createDns({ ...dns, zone: dns.blocklist, ttl, clock }),
    users: 0,
  })
  return (config: Config): Disposable & { readonly dns: Dns } => {
    const key = JSON.stringify([config.dns, config.dns_ttl])
    const resolver = resolvers.get(key) ?? open(config)
    resolvers.set(key, resolver)
    resolver.users += 1
    return {
      dns: resolver.dns,
      [Symbol.dispose]() {
        resolver.users -= 1
        if (resolver.users > 0) return
        resolvers.delete(key)
        later(() => void resolver.dns[Symbol.asyncDispose](), GRACE_MILLISECONDS)
      },
    }
  }
}

const laterUnref: Later = (callback, milliseconds) => void setTimeout(callback, milliseconds).unref()

export const createSurroundings = (parts: {
  readonly lists: readonly ListHandle[]
  /** Verified passes. */
  readonly passes: DecayMap
  /** Number of the thread in shared memory. */
  readonly owner: number
  readonly clock: MonotonicClock
  readonly later?: Later
}): Surroundings => {
  const { owner, clock } = parts
  const lists = attachLists(parts.lists)
  const resolverOf = createResolvers(clock, parts.later ?? laterUnref)
  const { load } = watchLoad()
  return {
    lists,
    of(plan) {
      const resolver = resolverOf(plan.config)
      const rates = attachRates(plan.rates, { owner, clock })
      const who = whoOf(plan, parts.passes)
      return {
        senses: sensesOf({
          rates,
          whoOf: who,
          dns: resolver.dns,
          geo: attachGeo(plan.geo),
          lists,
          load,
        }),
        notes: notesOf(rates, who),
        [Symbol.dispose]: () => resolver[Symbol.dispose](),
      }
    },
  }
}
