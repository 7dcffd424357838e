import type { DnsFault } from './dns.ts'

export type Answer<T> =
  | { readonly value: T; readonly fault?: undefined }
  | { readonly fault: DnsFault; readonly value?: undefined }

/** Answers that are remembered for a while, and at most so many: then the one longest not asked for goes. */
export interface Memory<T> {
  readonly size: number
  get(key: string): Answer<T> | undefined
  /** @param lifetime Milliseconds. */
  set(key: string, answer: Answer<T>, lifetime: number): void
}

/** @param clock Milliseconds that never go back. */
export const createMemory = <T>(capacity: number, clock: () => number): Memory<T> => {
  const entries = new Map<string, { readonly answer: Answer<T>; readonly until: number }>()
  return {
    get size() {
      return entries.size
    },
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.until <= clock()) return undefined
      entries.set(key, entry)
      return entry.answer
    },
    set(key, answer, lifetime) {
      entries.delete(key)
      const oldest = entries.size >= capacity ? entries.keys().next() : undefined
      if (oldest !== undefined && oldest.done !== true) entries.delete(oldest.value)
      if (lifetime > 0) entries.set(key, { answer, until: clock() + lifetime })
    },
  }
}
