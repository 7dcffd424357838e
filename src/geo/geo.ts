/** The seam of the room: where an address is registered, from databases that the operator names. Types only. */
import type { Address } from '../base/address.ts'

/** Whole files in the MaxMind DB format 2.0, shared by all threads; plain data for a worker. */
export interface GeoHandle {
  readonly country?: SharedArrayBuffer
  readonly asn?: SharedArrayBuffer
}

/** Never throws: a record that cannot be read is one that is not there. */
export interface Geo {
  /** ISO 3166 code in upper case. */
  country(address: Address): string | undefined
  /** Number of the autonomous system. */
  asn(address: Address): number | undefined
}
