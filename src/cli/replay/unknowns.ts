import { UNKNOWNS } from './blind.ts'
import type { Unknown } from './blind.ts'

/** Verdicts on the way to which something was asked that a log does not tell, by what was asked. */
export type UnknownCounts = Readonly<Record<Unknown, number>>

export const createUnknowns = () => {
  const counts: Record<Unknown, number> = { names: 0, block_list: 0, lists: 0, databases: 0, load: 0 }
  return {
    add(asked: ReadonlySet<Unknown> | undefined): void {
      if (asked === undefined) return
      for (const what of UNKNOWNS) if (asked.has(what)) counts[what] += 1
    },
    counts: (): UnknownCounts => ({ ...counts }),
  }
}
