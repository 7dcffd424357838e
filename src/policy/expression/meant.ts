const LONGEST_NAME = 40
const letters = (name: string): string => name.toLowerCase().replaceAll('_', '')

/** True when one letter more, less, other, or two neighbours turned round make one name of the other. */
const isNear = (a: string, b: string): boolean => {
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  const shorter = Math.min(a.length, b.length)
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}

/** `; did you mean "…"?` when a known name is nearly the same, else nothing. */
export const meant = (name: string, known: readonly string[]): string => {
  if (name.length > LONGEST_NAME) return ''
  const near =
    known.find((candidate) => letters(candidate) === letters(name)) ??
    known.find((candidate) => isNear(letters(candidate), letters(name)))
  return near === undefined ? '' : `; did you mean "${near}"?`
}
