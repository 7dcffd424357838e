import type { RequestFacts } from '../../client/client.ts'
import { createAddresses } from './addresses.ts'
import { batchesOf, headOf, textsOf } from './batches.ts'
import { createAssumed } from './assumed.ts'
import type { AssumedCount, Assumption } from './assumed.ts'
import { createBelieved } from './believed.ts'
import { createChangeTable } from './changes.ts'
import type { Changes } from './changes.ts'
import { malformed } from './entry.ts'
import type { LogEntry, ReadLine } from './entry.ts'
import { createReadLine, formatOf } from './format.ts'
import type { LogFormat } from './format.ts'
import type { Judged, Judging } from './judging.ts'
import { LONGEST_LINE, TOO_LONG } from './lines.ts'
import type { Line } from './lines.ts'
import { createReading } from './reading.ts'
import type { Place, ReadCounts } from './reading.ts'
import type { Source } from './source.ts'
import { createTally } from './tally.ts'
import type { Totals } from './tally.ts'
import { createMissedCounts } from './unknowns.ts'
import type { MissedHeader, UnknownCounts } from './unknowns.ts'

export interface ReplayParts {
  readonly first: Judging
  readonly second?: Judging | undefined
  /** Host of the requests for which the log has none. */
  readonly host: string
  readonly format: LogFormat | 'auto'
  /** Headers that browsers send and the log does not hold. */
  readonly assume: Assumption
  /** Lines in all. */
  readonly limit: number
  /** Requests shown for each kind of change. */
  readonly samples: number
  /** Verdicts that may wait for lookups at once; with 1 all come in the order of the log. */
  readonly waiting: number
  readonly signal: AbortSignal
  /** Told after each block. */
  readonly onProgress: (lines: number) => void
}

/** How one log was read. */
export interface LogRead {
  readonly log: string
  /** Undefined: no line could be read in any format. */
  readonly format: LogFormat | undefined
  /** Why the rest could not be read. */
  readonly fault: string | undefined
}

export interface Outcome {
  readonly read: ReadCounts
  readonly first: Totals
  readonly unknown: UnknownCounts
  readonly missedHeaders: readonly MissedHeader[]
  readonly assumed: AssumedCount
  readonly second: Totals | undefined
  readonly changes: Changes | undefined
  /** Lines beyond the limit were left alone. */
  readonly limited: boolean
}

export interface Replay {
  /** Reads one log to its end, its limit, or until it is interrupted. */
  log(name: string, source: Source): Promise<LogRead>
  outcome(top: number): Outcome
}

const LINE_TOO_LONG = malformed(`longer than ${LONGEST_LINE} characters`)

/** What the configurations made of a request, and what they said of it; undefined: their rules were not asked. */
interface Compared {
  readonly place: Place
  readonly one: RequestFacts
  readonly two: RequestFacts
  readonly before: Judged | undefined
  readonly after: Judged | undefined
}

/** Each configuration has proxies and paths of its own. */
const createSight = (judging: Judging, host: string) => {
  const believed = createBelieved({ trusted: judging.trusted, host })
  return (entry: LogEntry) => {
    const facts = believed(entry)
    const answerer = judging.answererOf(facts)
    return { facts, answerer, judge: () => (answerer === 'rules' ? judging.judge(facts, entry) : undefined) }
  }
}

/** What becomes of the verdicts. */
const createCounting = ({ second, samples }: ReplayParts) => {
  const tally = createTally()
  const missed = createMissedCounts()
  const secondTally = second && createTally()
  const changes = second && createChangeTable(samples)
  return {
    add({ before, after, one, two, place }: Compared): void {
      if (before !== undefined) tally.add(before.site, before.verdict, one)
      missed.add(before?.missed)
      if (after !== undefined) secondTally?.add(after.site, after.verdict, two)
      if (before && after) changes?.add(before.verdict, after.verdict, one, place)
      else if (before || after) changes?.oneSided()
    },
    results: (top: number) => ({
      first: tally.totals(top),
      unknown: missed.counts(),
      missedHeaders: missed.headers(),
      second: secondTally?.totals(top),
      changes: changes?.result(),
    }),
  }
}

export const createReplay = (parts: ReplayParts): Replay => {
  const { first, second, limit, signal } = parts
  const addresses = createAddresses()
  const seenByFirst = createSight(first, parts.host)
  const seenBySecond = second && createSight(second, parts.host)
  const assumed = createAssumed(parts.assume, parts.host)
  const reading = createReading()
  const counting = createCounting(parts)
  const pending: Promise<void>[] = []
  let lines = 0
  let limited = false

  const drain = async (): Promise<void> => void (await Promise.all(pending.splice(0)))

  const judge = (entry: LogEntry, place: Place): Promise<void> | undefined => {
    const seen = seenByFirst(entry)
    const other = seenBySecond?.(entry)
    if (seen.answerer !== 'rules') reading.unasked(seen.answerer)
    const facts = { place, one: seen.facts, two: other?.facts ?? seen.facts }
    const before = seen.judge()
    const after = other?.judge()
    if (!(before instanceof Promise) && !(after instanceof Promise)) {
      counting.add({ ...facts, before, after })
      return undefined
    }
    pending.push(
      Promise.all([before, after]).then(([one, two]) => counting.add({ ...facts, before: one, after: two })),
    )
    return pending.length >= parts.waiting ? drain() : undefined
  }

  const take = (line: Line, read: ReadLine, place: Place): Promise<void> | undefined => {
    lines = reading.line()
    const told = line === TOO_LONG ? LINE_TOO_LONG : read(line)
    if (told.entry === undefined) {
      reading.unread(line, told, place)
      return undefined
    }
    reading.request(told.entry)
    return judge(assumed.of(told.entry), place)
  }

  /** Answers whether there is more to do. */
  const takeAll = async (
    batch: readonly Line[],
    read: ReadLine,
    log: string,
    before: number,
  ): Promise<boolean> => {
    for (const [at, line] of batch.entries()) {
      if (line === '') continue
      limited = lines >= limit
      if (limited) return false
      const wait = take(line, read, { log, line: before + at + 1 })
      if (wait !== undefined) await wait
    }
    parts.onProgress(lines)
    return !signal.aborted
  }

  return {
    async log(log, source) {
      let fault: string | undefined
      const batches = batchesOf(source, (why) => (fault = why))
      const head = await headOf(batches)
      const format = parts.format === 'auto' ? formatOf(textsOf(head), addresses) : parts.format
      const read = createReadLine(format ?? 'combined', addresses)
      let number = head.length
      let goOn = await takeAll(head, read, log, 0)
      while (goOn) {
        const next = await batches.next()
        if (next.done === true) break
        goOn = await takeAll(next.value, read, log, number)
        number += next.value.length
      }
      await batches.return()
      await drain()
      return { log, format, fault }
    },
    outcome: (top) => ({
      ...counting.results(top),
      read: reading.counts(),
      assumed: assumed.count(),
      limited,
    }),
  }
}
