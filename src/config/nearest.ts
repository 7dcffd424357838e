const words = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .sort()
    .join(' ')

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
const distance = (a: string, b: string): number => {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const replace = (previous[j - 1] ?? 0) + (same ? 0 : 1)
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : replace
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace, swap))
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}

/** The known name that was most likely meant: one of the same words, or one a few letters away. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > 60) return undefined
  const sameWords = known.find((candidate) => words(candidate) === words(name))
  if (sameWords !== undefined) return sameWords
  let best: { candidate: string; far: number } | undefined
  for (const candidate of known) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase())
    const shorter = Math.min(name.length, candidate.length)
    const limit = shorter < 4 ? 1 : Math.max(2, Math.floor(shorter / 3))
    if (far <= limit && (best === undefined || far < best.far)) best = { candidate, far }
  }
  return best?.candidate
}
