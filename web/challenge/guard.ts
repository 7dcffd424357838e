/** Remembers across reloads of one tab what was tried for an address, so that nothing is tried for ever. */

/** `answered`: an answer was accepted; `followed`: another tab's was; `spent`: ours had been used already. */
export type Attempt = 'answered' | 'followed' | 'spent'

interface Memory {
  readonly url: string
  /** When the last attempt was noted, milliseconds of the wall clock. */
  readonly at: number
  readonly counts: Partial<Record<Attempt, number>>
}

export interface Guard {
  count(attempt: Attempt): number
  note(attempt: Attempt): void
  forget(): void
}

/** Where a tab keeps a text; either may throw where storage is blocked. */
export interface Keeper {
  read(): string
  write(text: string): void
}

/** An address that comes back later than this was not sent round in a loop. */
const WINDOW = 60_000

export const createGuard = (keeper: Keeper, url: string, now: () => number): Guard => {
  const recall = (): Memory => {
    try {
      const memory = JSON.parse(keeper.read()) as Partial<Memory>
      const { at = 0, counts } = memory
      const age = now() - at
      if (memory.url === url && counts && age >= 0 && age < WINDOW) return { url, at, counts }
    } catch {}
    return { url, at: now(), counts: {} }
  }
  const keep = (text: string): void => {
    try {
      keeper.write(text)
    } catch {}
  }
  return {
    count: (attempt) => recall().counts[attempt] ?? 0,
    note(attempt) {
      const { counts } = recall()
      keep(JSON.stringify({ url, at: now(), counts: { ...counts, [attempt]: (counts[attempt] ?? 0) + 1 } }))
    },
    forget: () => keep(''),
  }
}
