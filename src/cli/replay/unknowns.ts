import type { RequestFacts } from '../../client/client.ts'
import type { Senses } from '../../policy/senses.ts'
import type { LoneSenses } from '../explain/senses.ts'
import { NoticingFacts } from './noticing-facts.ts'

/** What a rule may ask of the world that cannot be known of the requests of a log. */
export const UNKNOWNS = ['names', 'block_list', 'lists', 'load'] as const
export type Unknown = (typeof UNKNOWNS)[number]

/** Verdicts on the way to which it was asked. */
export type UnknownCounts = Readonly<Record<Unknown, number>>

/** A header that rules asked for in vain, and on the way to how many verdicts. */
export interface MissedHeader {
  readonly header: string
  readonly verdicts: number
}

/** What was asked on the way to one verdict and could not be known. */
export interface Missed {
  readonly unknowns: ReadonlySet<Unknown>
  /** Names of headers that the request does not have, as far as the log tells. */
  readonly headers: ReadonlySet<string>
}

/** Senses and facts that notice when they are asked for what they do not know. */
export interface Noticing {
  readonly senses: Omit<Senses, 'count'>
  facts(facts: RequestFacts): RequestFacts
  /** What was asked since the last call; undefined: nothing. */
  taken(): Missed | undefined
}

/**
 * Nobody has a name and nobody stands on the block list unless the DNS is asked, nobody stands on a list of which
 * there is no copy, and the machine has no load: today's is not that of the log's time.
 */
export const createNoticing = (
  { senses, missing }: Pick<LoneSenses, 'senses' | 'missing'>,
  asksDns: boolean,
): Noticing => {
  let unknowns = new Set<Unknown>()
  let headers = new Set<string>()
  const noticed = <Answer>(what: Unknown, answer: Answer): Answer => {
    unknowns.add(what)
    return answer
  }
  const onAbsent = (name: string): void => void headers.add(name)
  const withoutDns: Partial<Senses> = {
    reverse: () => noticed('names', []),
    forward: () => noticed('names', []),
    blocked: () => noticed('block_list', undefined),
  }
  return {
    senses: {
      ...senses,
      ...(asksDns ? {} : withoutDns),
      listed: (list, address) =>
        missing.includes(list) ? noticed('lists', false) : senses.listed(list, address),
      load: () => noticed('load', [0, 0, 0] as const),
    },
    facts: (facts) => new NoticingFacts(facts, onAbsent),
    taken() {
      if (unknowns.size === 0 && headers.size === 0) return undefined
      const missed = { unknowns, headers }
      unknowns = new Set()
      headers = new Set()
      return missed
    },
  }
}

/** Names of headers come from rules; a rule that makes names up does not fill the memory. */
const MOST_HEADERS = 200

export const createMissedCounts = () => {
  const counts: Record<Unknown, number> = { names: 0, block_list: 0, lists: 0, load: 0 }
  const headers = new Map<string, number>()
  return {
    add(missed: Missed | undefined): void {
      if (missed === undefined) return
      for (const what of missed.unknowns) counts[what] += 1
      for (const name of missed.headers) {
        const known = headers.get(name)
        if (known !== undefined || headers.size < MOST_HEADERS) headers.set(name, (known ?? 0) + 1)
      }
    },
    counts: (): UnknownCounts => ({ ...counts }),
    /** Most often missed first. */
    headers: (): readonly MissedHeader[] =>
      [...headers]
        .map(([header, verdicts]) => ({ header, verdicts }))
        .sort((a, b) => b.verdicts - a.verdicts),
  }
}
