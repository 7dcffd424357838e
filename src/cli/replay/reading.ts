import type { Answerer } from '../../app/judge.ts'
import type { LogEntry, Unread } from './entry.ts'
import type { Line } from './lines.ts'

/** A line of a log. */
export interface Place {
  readonly log: string
  /** From 1 on. */
  readonly line: number
}

export interface MalformedLine extends Place {
  readonly why: string
  /** Its beginning. */
  readonly text: string
}

/** What was read of the logs. */
export interface ReadCounts {
  /** All but the empty ones. */
  readonly lines: number
  readonly malformed: number
  /** The first ones. */
  readonly malformedLines: readonly MalformedLine[]
  /** Lines in order that tell of no HTTP request. */
  readonly noRequest: number
  /** Requests that the gateway answers itself, before any rule is asked. */
  readonly unasked: Readonly<Record<Exclude<Answerer, 'rules'>, number>>
  /** Of the first and the last request, in milliseconds since 1970. */
  readonly span: { readonly from: number; readonly to: number } | undefined
  /** Names of the headers that the log holds. */
  readonly headers: readonly string[]
  /** Its lines have a place for all headers of a request. */
  readonly allHeaders: boolean
}

const SHOWN_LINES = 3
const SHOWN_TEXT = 100
const LOOKED_AT = 1000
const MOST_HEADERS = 100

export const createReading = () => {
  let lines = 0
  let malformed = 0
  let noRequest = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let requests = 0
  const unasked = { bad_request: 0, own_path: 0 }
  const malformedLines: MalformedLine[] = []
  const headers = new Set<string>()
  let allHeaders = true

  const lookAtHeaders = (entry: LogEntry): void => {
    allHeaders &&= entry.allHeaders
    if (entry.host !== '') headers.add('host')
    for (const name of Object.keys(entry.headers)) if (headers.size < MOST_HEADERS) headers.add(name)
  }

  return {
    line: (): number => (lines += 1),
    unread(line: Line, { malformed: isMalformed, why }: Unread, place: Place): void {
      if (!isMalformed) {
        noRequest += 1
        return
      }
      malformed += 1
      if (malformedLines.length >= SHOWN_LINES) return
      malformedLines.push({ ...place, why, text: (line ?? '').slice(0, SHOWN_TEXT) })
    },
    request(entry: LogEntry): void {
      requests += 1
      if (requests <= LOOKED_AT) lookAtHeaders(entry)
      if (entry.time === undefined) return
      if (entry.time < from) from = entry.time
      if (entry.time > to) to = entry.time
    },
    unasked(answerer: Exclude<Answerer, 'rules'>): void {
      unasked[answerer] += 1
    },
    counts: (): ReadCounts => ({
      lines,
      malformed,
      malformedLines,
      noRequest,
      unasked: { ...unasked },
      span: from <= to ? { from, to } : undefined,
      headers: [...headers].sort(),
      allHeaders,
    }),
  }
}

export type Reading = ReturnType<typeof createReading>
