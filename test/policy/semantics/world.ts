import type { Address } from '../../../src/base/address.ts'
import type { Lookup, Senses } from '../../../src/policy/senses.ts'
import type { KnownWorld } from './table.ts'

const of = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined

/** Senses that know what a table says; `late`: lookups are promises. */
export const sensesOf = (world: KnownWorld, late: boolean): Senses => {
  const { country, asn, names, addresses, blocked, lists, counts, load, random, failing } = world
  const lookup = <T>(key: string, value: T): Lookup<T> => {
    if (!failing.includes(key)) return late ? Promise.resolve(value) : value
    const cause = new Error(`no answer about ${key}`)
    if (late) return Promise.reject(cause)
    throw cause
  }
  return {
    count: ({ count }) => of(counts, count) ?? 0,
    reverse: ({ text }: Address) => lookup(text, of(names, text) ?? []),
    forward: (name) => lookup(name, of(addresses, name) ?? []),
    blocked: ({ text }) => lookup(text, of(blocked, text)),
    country: ({ text }) => of(country, text),
    asn: ({ text }) => of(asn, text),
    listed: (list, { text }) => of(lists, list)?.includes(text) ?? false,
    load: () => load,
    random: () => random,
  }
}
