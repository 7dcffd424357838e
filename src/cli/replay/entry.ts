/** The seam of the log formats: what a line tells. Types only. */
import type { Address } from '../../base/address.ts'

/** One request of an access log. */
export interface LogEntry {
  readonly address: Address
  readonly method: string
  /** As the client sent it, as far as the log has it so. */
  readonly target: string
  /** Lower case; empty when the log does not hold it. */
  readonly host: string
  readonly scheme: 'http' | 'https' | undefined
  /** Lower-case name → value; what the log does not hold is absent. */
  readonly headers: Readonly<Record<string, string>>
  /** True when the line has a place for all headers of the request, not for chosen ones. */
  readonly allHeaders: boolean
  /** Lower-case names of headers for which the line has a place and no value: they were not sent. */
  readonly absent: readonly string[]
  readonly status: number | undefined
  /** Milliseconds since 1970. */
  readonly time: number | undefined
}

/** A line that is not a request. */
export interface Unread {
  readonly entry: undefined
  /** False: the line is in order, but tells of no HTTP request, such as a TLS handshake on a plain port. */
  readonly malformed: boolean
  readonly why: string
}

export interface Read {
  readonly entry: LogEntry
}

/** Reads one line without its line break. Never throws. */
export type ReadLine = (line: string) => Read | Unread

export const malformed = (why: string): Unread => ({ entry: undefined, malformed: true, why })

export const NO_REQUEST: Unread = { entry: undefined, malformed: false, why: 'no HTTP request' }
