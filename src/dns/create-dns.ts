import { parseAddress } from '../base/address.ts'
import { createAsk, systemTimer } from './ask.ts'
import type { Ask, SetTimer } from './ask.ts'
import { createIsPrivate, reasonIn } from './blocklist.ts'
import { DnsFault } from './dns.ts'
import type { Dns, Lookup } from './dns.ts'
import { createMemory } from './memory.ts'
import type { Answer, Memory } from './memory.ts'
import { askableName, blocklistName, reverseName } from './names.ts'

/** Lookups on their way at once; beyond, a lookup is `busy` at once. */
const MOST_IN_FLIGHT = 256
const FAULT_LIFETIME = 10_000
const BLOCKLIST_LIFETIME = 86_400_000

export interface DnsParts {
  /** `address` or `address:port`; none: those of the system. */
  readonly servers: readonly string[]
  /** Milliseconds that one lookup may take. */
  readonly timeout: number
  /** Milliseconds for which answers are remembered, those that there is no such name included. */
  readonly ttl: { readonly forward: number; readonly reverse: number }
  /** Answers that are remembered. */
  readonly capacity: number
  /** The zone of the block list, such as `dnsbl.dronebl.org`. */
  readonly zone: string
  /** Milliseconds that never go back. */
  readonly clock: () => number
  readonly setTimer?: SetTimer
}

type Texts = readonly string[]

/** What one lookup found, and for how long that is to be remembered. */
interface Found {
  readonly texts: Texts
  readonly lifetime: number
}

const faultOf = (cause: unknown, what: string): DnsFault =>
  cause instanceof DnsFault ? cause : new DnsFault('failed', what)

const valueIn = (answer: Answer<Texts>): Texts => {
  if (answer.fault !== undefined) throw answer.fault
  return answer.value
}

const canonical = (addresses: Texts): Texts => [
  ...new Set(addresses.map((text) => parseAddress(text)?.text).filter((text) => text !== undefined)),
]

/** Whoever asked may have lost interest, and a rejection that nobody hears ends the process. */
const unheard = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}

const isFulfilled = (result: PromiseSettledResult<Texts>): result is PromiseFulfilledResult<Texts> =>
  result.status === 'fulfilled'

const askBoth = async (ask: Ask, name: string, lifetime: number): Promise<Found> => {
  const results = await Promise.allSettled([ask(name, 'A'), ask(name, 'AAAA')])
  const texts = canonical(results.filter(isFulfilled).flatMap(({ value }) => value))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined && texts.length === 0) throw failed.reason
  return { texts, lifetime: failed === undefined ? lifetime : Math.min(lifetime, FAULT_LIFETIME) }
}

/** Remembers, asks once for many, and bounds what is on its way. */
class Lookups {
  readonly memory: Memory<Texts>
  asked = 0
  remembered = 0
  faults = 0
  busy = 0
  readonly #running = new Map<string, Promise<Texts>>()

  constructor(memory: Memory<Texts>) {
    this.memory = memory
  }

  of(key: string, find: () => Promise<Found>): Lookup<Texts> {
    const known = this.memory.get(key)
    if (known !== undefined) {
      this.remembered++
      return valueIn(known)
    }
    return this.#running.get(key) ?? this.#start(key, find)
  }

  #start(key: string, find: () => Promise<Found>): Promise<Texts> {
    if (this.#running.size >= MOST_IN_FLIGHT) {
      this.busy++
      throw new DnsFault('busy', key)
    }
    this.asked++
    const running = unheard(this.#run(key, find))
    this.#running.set(key, running)
    return running
  }

  async #run(key: string, find: () => Promise<Found>): Promise<Texts> {
    try {
      const { texts, lifetime } = await find()
      this.memory.set(key, { value: texts }, lifetime)
      return texts
    } catch (cause) {
      this.faults++
      const fault = faultOf(cause, key)
      this.memory.set(key, { fault }, FAULT_LIFETIME)
      throw fault
    } finally {
      this.#running.delete(key)
    }
  }
}

export const createDns = (parts: DnsParts): Dns => {
  const { ttl, zone } = parts
  const ask = createAsk({ ...parts, setTimer: parts.setTimer ?? systemTimer })
  const lookups = new Lookups(createMemory(parts.capacity, parts.clock))
  const isPrivate = createIsPrivate()
  const one = async (name: string, kind: 'A' | 'PTR', lifetime: number): Promise<Found> => ({
    texts: await ask(name, kind),
    lifetime,
  })
  return {
    reverse: (address) => {
      const name = reverseName(address)
      return lookups.of(`PTR ${name}`, () => one(name, 'PTR', ttl.reverse))
    },
    forward: (text) => {
      const name = askableName(text)
      return name === undefined ? [] : lookups.of(`A ${name}`, () => askBoth(ask, name, ttl.forward))
    },
    blocked: (address) => {
      if (isPrivate(address)) return undefined
      const name = blocklistName(address, zone)
      const found = lookups.of(`block ${name}`, () => one(name, 'A', BLOCKLIST_LIFETIME))
      return found instanceof Promise ? unheard(found.then(reasonIn)) : reasonIn(found)
    },
    statistics: () => {
      const { asked, remembered, faults, busy, memory } = lookups
      return { asked, remembered, faults, busy, entries: memory.size }
    },
    [Symbol.asyncDispose]: () => ask[Symbol.asyncDispose](),
  }
}
