import type { RequestFacts } from '../../client/client.ts'
import { createAddresses } from './addresses.ts'
import { createBelieved } from './believed.ts'
import { createChangeTable } from './changes.ts'
import type { Changes } from './changes.ts'
import { malformed } from './entry.ts'
import type { ReadLine } from './entry.ts'
import { createReadLine, formatOf, LOOKED_AT } from './format.ts'
import type { LogFormat } from './format.ts'
import type { Judged, Judging } from './judging.ts'
import { createLines, LONGEST_LINE, TOO_LONG } from './lines.ts'
import type { Line } from './lines.ts'
import { createReading } from './reading.ts'
import type { ReadCounts } from './reading.ts'
import type { Source } from './source.ts'
import { createTally } from './tally.ts'
import type { Totals } from './tally.ts'
import { createUnknowns } from './unknowns.ts'
import type { UnknownCounts } from './unknowns.ts'

export interface ReplayParts {
  readonly first: Judging
  readonly second?: Judging | undefined
  readonly trusted: readonly string[]
  /** Host of the requests for which the log has none. */
  readonly host: string
  readonly format: LogFormat | 'auto'
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
  readonly firstUnknown: UnknownCounts
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

async function* batchesOf(
  source: Source,
  onFault: (why: string) => void,
): AsyncGenerator<readonly Line[], void> {
  const lines = createLines()
  for await (const block of source.blocks(onFault)) yield lines.split(block)
  yield lines.rest()
}

const isText = (line: Line): line is string => line !== TOO_LONG && line !== ''

/** Enough lines to see what format they have. */
const headOf = async (batches: AsyncGenerator<readonly Line[], void>): Promise<readonly Line[]> => {
  const head: Line[] = []
  let texts = 0
  while (texts < LOOKED_AT) {
    const next = await batches.next()
    if (next.done === true) break
    for (const line of next.value) head.push(line)
    texts = head.filter(isText).length
  }
  return head
}

export const createReplay = (parts: ReplayParts): Replay => {
  const { first, second, limit, signal } = parts
  const addresses = createAddresses()
  const believed = createBelieved(parts)
  const reading = createReading()
  const tally = createTally()
  const unknowns = createUnknowns()
  const secondTally = second && createTally()
  const changes = second && createChangeTable(parts.samples)
  const pending: Promise<void>[] = []
  let lines = 0
  let limited = false

  const settle = (
    facts: RequestFacts,
    before: Judged,
    after: Judged | undefined,
    log: string,
    line: number,
  ): void => {
    tally.add(before.site, before.verdict, facts)
    unknowns.add(before.unknown)
    if (after === undefined) return
    secondTally?.add(after.site, after.verdict, facts)
    changes?.add(before.verdict, after.verdict, facts, { log, line })
  }

  const drain = async (): Promise<void> => void (await Promise.all(pending.splice(0)))

  const take = (line: Line, read: ReadLine, log: string, number: number): Promise<void> | undefined => {
    lines = reading.line()
    const told = line === TOO_LONG ? LINE_TOO_LONG : read(line)
    if (told.entry === undefined) return void reading.unread(line, told, () => ({ log, line: number }))
    const { entry } = told
    reading.request(entry)
    const facts = believed(entry)
    const answerer = first.answererOf(facts)
    if (answerer !== 'rules') return void reading.unasked(answerer)
    const before = first.judge(facts, entry)
    const after = second?.judge(facts, entry)
    if (!(before instanceof Promise) && !(after instanceof Promise)) {
      return void settle(facts, before, after, log, number)
    }
    pending.push(Promise.all([before, after]).then(([one, two]) => settle(facts, one, two, log, number)))
    return pending.length >= parts.waiting ? drain() : undefined
  }

  return {
    async log(log, source) {
      let fault: string | undefined
      const batches = batchesOf(source, (why) => (fault = why))
      const head = await headOf(batches)
      const format =
        parts.format === 'auto' ? formatOf(head.filter(isText).slice(0, LOOKED_AT), addresses) : parts.format
      const read = createReadLine(format ?? 'combined', addresses)
      let number = 0

      const takeAll = async (batch: readonly Line[]): Promise<boolean> => {
        for (const line of batch) {
          number += 1
          if (line === '') continue
          limited = lines >= limit
          if (limited) return false
          const wait = take(line, read, log, number)
          if (wait !== undefined) await wait
        }
        parts.onProgress(lines)
        return !signal.aborted
      }

      let goOn = await takeAll(head)
      while (goOn) {
        const next = await batches.next()
        if (next.done === true) break
        goOn = await takeAll(next.value)
      }
      await batches.return()
      await drain()
      return { log, format, fault }
    },
    outcome: (top) => ({
      read: reading.counts(),
      first: tally.totals(top),
      firstUnknown: unknowns.counts(),
      second: secondTally?.totals(top),
      changes: changes?.result(),
      limited,
    }),
  }
}
