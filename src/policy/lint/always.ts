import { compilePattern } from '../pattern.ts'

/** What a pattern may ask of the end of the text or of its neighbours, which the shortest text cannot stand for. */
const ENDS = /\$|\\[bBzZQ]/
const TAIL = /(?:^|[^\\])(?<tail>\.\*(?:\$|\\z))$/

/** Without a tail that asks for nothing. */
const withoutTail = (pattern: string): string => {
  const tail = TAIL.exec(pattern)?.groups?.['tail']
  return tail === undefined ? pattern : pattern.slice(0, -tail.length)
}

/**
 * True when the pattern certainly matches every text that begins with `start`: without anything that looks at the end,
 * a match in the shortest such text is one in all of them.
 */
export const alwaysMatches = (pattern: string, start: string): boolean => {
  const text = withoutTail(pattern.trim())
  if (ENDS.test(text)) return text === '$'
  const compiled = compilePattern(text === '' ? '^' : text)
  return compiled.ok && compiled.value.test(start)
}
