import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import type { Geo, GeoHandle } from './geo.ts'
import type { DatabasesOptions } from './options.ts'
import { asnOf, countryOf } from './records.ts'

/** City databases have some 150 MB. */
const MOST_BYTES = 1024 ** 3

/** A database that the operator named and that cannot be used. */
export interface DatabaseFault {
  readonly key: 'country' | 'asn'
  readonly fault: string
}

export type LoadedDatabases =
  | { readonly ok: true; readonly value: GeoHandle }
  | { readonly ok: false; readonly faults: readonly DatabaseFault[] }

const readAll = (file: number, memory: SharedArrayBuffer): boolean => {
  const bytes = new Uint8Array(memory)
  let done = 0
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, bytes.length - done, done)
    if (read === 0) return false
    done += read
  }
  return true
}

/** The whole file; never waits for a pipe. */
const readShared = (path: string): Parsed<SharedArrayBuffer> => {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    if (!stats.isFile()) return bad(`is no regular file: ${path}`)
    if (stats.size > MOST_BYTES) return bad(`must be a file of at most ${MOST_BYTES} bytes: ${path}`)
    const memory = new SharedArrayBuffer(stats.size)
    return readAll(file, memory) ? good(memory) : bad(`was cut while it was read: ${path}`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return bad(`cannot be read (${code}): ${path}`)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const FIELDS = {
  country: { of: countryOf, fault: 'holds no countries' },
  asn: { of: asnOf, fault: 'holds no numbers of autonomous systems' },
} as const

const load = (key: 'country' | 'asn', path: string): Parsed<SharedArrayBuffer> => {
  const memory = readShared(path)
  const database = memory.ok ? openDatabase(memory.value) : memory
  if (!memory.ok) return memory
  if (!database.ok) return bad(`${database.fault}: ${path}`)
  const { of, fault } = FIELDS[key]
  return database.value.samples().some((record) => of(record) !== undefined)
    ? memory
    : bad(`${fault}: ${path}`)
}

/** Reads every database once, in the main thread; all faults at once. */
export const loadDatabases = (options: DatabasesOptions): LoadedDatabases => {
  const faults: DatabaseFault[] = []
  const loaded = (key: 'country' | 'asn'): GeoHandle => {
    const path = options[key]
    if (path === undefined) return {}
    const memory = load(key, path)
    if (memory.ok) return { [key]: memory.value }
    faults.push({ key, fault: memory.fault })
    return {}
  }
  const value = { ...loaded('country'), ...loaded('asn') }
  return faults.length === 0 ? { ok: true, value } : { ok: false, faults }
}

const reading = <T>(
  memory: SharedArrayBuffer | undefined,
  of: (record: unknown) => T | undefined,
): ((address: Parameters<Database['record']>[0]) => T | undefined) => {
  const database = memory && openDatabase(memory)
  if (database?.ok !== true) return () => undefined
  return (address) => of(database.value.record(address))
}

/** The databases for one thread. */
export const attachGeo = ({ country, asn }: GeoHandle): Geo => ({
  country: reading(country, countryOf),
  asn: reading(asn, asnOf),
})
