import { ownText } from './own-text.ts'

/** One text and how often it came. */
export interface Frequent {
  readonly text: string
  /** At most as often as it came, and at least that less `Ranking.error`. */
  readonly count: number
}

export interface Ranking {
  /** Most frequent first. */
  readonly top: readonly Frequent[]
  /** How much too small each count may be; 0: all are exact. */
  readonly error: number
}

/** Which texts came most often. */
export interface FrequentTexts {
  add(text: string): void
  top(many: number): Ranking
}

const LONGEST = 200

const median = (values: Iterable<number>): number => {
  const sorted = Uint32Array.from(values).sort()
  return sorted[sorted.length >> 1] ?? 0
}

/**
 * Frequent items in bounded memory (Misra and Gries 1982): when all places are taken, the median of the counts is
 * taken off every count, and those with nothing left make room. So a count is never too large, and too small by no
 * more than all that was taken off: at most 2/`places` of all texts that came. Texts are cut at 200 characters.
 */
export const createFrequentTexts = (places = 10_000): FrequentTexts => {
  const counts = new Map<string, number>()
  let error = 0

  const makeRoom = (): void => {
    const off = median(counts.values())
    error += off
    for (const [text, count] of counts) {
      if (count <= off) counts.delete(text)
      else counts.set(text, count - off)
    }
  }

  return {
    add(text) {
      const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text
      const known = counts.get(cut)
      if (known !== undefined) {
        counts.set(cut, known + 1)
        return
      }
      if (counts.size >= places) makeRoom()
      counts.set(ownText(cut), 1)
    },
    top(many) {
      const all = [...counts].map(([text, count]) => ({ text, count }))
      return { top: all.sort((a, b) => b.count - a.count).slice(0, many), error }
    },
  }
}
