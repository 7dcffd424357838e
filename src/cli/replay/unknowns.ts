import type { Senses } from '../../policy/senses.ts'
import type { LoneSenses } from '../explain/senses.ts'

/** What a rule may ask of the world that cannot be known of the requests of a log. */
export const UNKNOWNS = ['names', 'block_list', 'lists', 'load'] as const
export type Unknown = (typeof UNKNOWNS)[number]

/** Verdicts on the way to which it was asked. */
export type UnknownCounts = Readonly<Record<Unknown, number>>

/** Senses that notice when they are asked for what they do not know. */
export interface NoticingSenses {
  readonly senses: Omit<Senses, 'count'>
  /** What was asked since the last call; undefined: nothing. */
  taken(): ReadonlySet<Unknown> | undefined
}

/**
 * Nobody has a name and nobody stands on the block list unless the DNS is asked, nobody stands on a list of which
 * there is no copy, and the machine has no load: today's is not that of the log's time.
 */
export const createNoticingSenses = (
  { senses, missing }: Pick<LoneSenses, 'senses' | 'missing'>,
  asksDns: boolean,
): NoticingSenses => {
  let asked: Set<Unknown> | undefined
  const noticed = <Answer>(what: Unknown, answer: Answer): Answer => {
    asked ??= new Set()
    asked.add(what)
    return answer
  }
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
    taken() {
      const last = asked
      asked = undefined
      return last
    },
  }
}

export const createUnknownCounts = () => {
  const counts: Record<Unknown, number> = { names: 0, block_list: 0, lists: 0, load: 0 }
  return {
    add(asked: ReadonlySet<Unknown> | undefined): void {
      if (asked === undefined) return
      for (const what of asked) counts[what] += 1
    },
    counts: (): UnknownCounts => ({ ...counts }),
  }
}
