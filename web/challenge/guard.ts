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
      const memory = JSON.parse(keeper.read()) as Memory
      const age = now() - memory.at
      if (memory.url === url && age >= 0 && age < WINDOW) return memory
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

const KEY = 'tollgate'

/** The tab's session storage; where that is blocked its window name, if the site does not use it. */
export const tabKeeper = (window: Window): Keeper => {
  const named = (): boolean => window.name === '' || window.name.startsWith(KEY)
  return {
    read() {
      try {
        return window.sessionStorage.getItem(KEY) ?? ''
      } catch {
        return window.name.startsWith(KEY) ? window.name.slice(KEY.length) : ''
      }
    },
    write(text) {
      try {
        if (text) window.sessionStorage.setItem(KEY, text)
        else window.sessionStorage.removeItem(KEY)
      } catch {
        if (named()) window.name = text && KEY + text
      }
    },
  }
}
