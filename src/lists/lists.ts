/** The seam of the room: lists of addresses that are kept up to date. Types only. */
import type { Address } from '../base/address.ts'
import type { RangeTable } from '../base/range-table.ts'

/** One list as it is now; plain data over shared memory, so that it can be handed to a worker thread. */
export interface ListHandle {
  readonly name: string
  /** Packed ranges, see `RangeTable`. */
  readonly table: RangeTable
}

/**
 * `fresh`: a new copy is in force · `unchanged`: the source says that nothing is new · `refused`: a guard stopped the
 * new copy · `failed`: it could not be had. After the last two the last good copy stays in force.
 */
export type ListResult = 'fresh' | 'unchanged' | 'refused' | 'failed'

/** Something happened to a list. */
export interface ListReport {
  readonly list: string
  readonly result: ListResult
  /** Of the copy that is in force now; 0 when there has never been one. */
  readonly entries: number
  /** Why, in words, after `refused` and `failed`; or that the last good copy could not be written. */
  readonly detail?: string
  /** The new copy, after `fresh`: hand it to the workers. */
  readonly handle?: ListHandle
}

/** For metrics: names come from the configuration alone. */
export interface ListStatus {
  readonly name: string
  /** Addresses and ranges, as they stand in the source. */
  readonly entries: number
  /** Milliseconds since the copy in force was known to be current; undefined when there has never been one. */
  readonly age: number | undefined
  /** Milliseconds since 1970 of the same moment. */
  readonly fetchedAt: number | undefined
  readonly lastResult: ListResult | undefined
  /** Lines of the copy in force that could not be read. */
  readonly malformed: number
}

/** What a worker thread asks. */
export interface Lists {
  /** False while there has never been a copy of the list. Under 1 µs for a million ranges. */
  has(list: string, address: Pick<Address, 'words'>): boolean
  /** Puts a new copy into force. */
  replace(handle: ListHandle): void
  /** Forgets all lists but these. */
  keep(names: readonly string[]): void
}
