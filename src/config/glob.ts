import { opendirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

/** Names that one pattern may look at; then it is a fault. */
const MOST_NAMES = 10_000

const MOST_FILES = 1000

const BROKEN = 'is not a pattern: a [ or \\ in it has no end'

/** One place of a pattern: any number of characters, or one character that fits. */
type Piece = '*' | ((character: string) => boolean)

/** True when the path is a pattern in the meaning of Go's filepath.Match. */
export const isPattern = (path: string): boolean => /[*?[\\]/.test(path)

const literal =
  (wanted: string) =>
  (character: string): boolean =>
    character === wanted

const CLASS = /^\[(\^?)((?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]/su
const RANGE = /(\\.|[^\\-])(?:-(\\.|[^\\-]))?/gsu

const plain = (text: string): string => (text.length > 1 && text.startsWith('\\') ? text.slice(1) : text)

const characterClass = (whole: string): Piece => {
  const negated = whole.startsWith('[^')
  const ranges = [...whole.slice(negated ? 2 : 1, -1).matchAll(RANGE)].map(([, low = '', high = low]) => ({
    low: plain(low),
    high: plain(high),
  }))
  return (character) => ranges.some(({ low, high }) => low <= character && character <= high) !== negated
}

const piecesOf = (pattern: string): Piece[] | undefined => {
  const pieces: Piece[] = []
  for (let at = 0; at < pattern.length;) {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0)
    const found = character === '[' ? CLASS.exec(pattern.slice(at))?.[0] : undefined
    if (character === '[' && found === undefined) return undefined
    if (character === '\\' && at + 1 === pattern.length) return undefined
    if (found !== undefined) pieces.push(characterClass(found))
    else if (character === '*') pieces.push('*')
    else if (character === '?') pieces.push(() => true)
    else if (character === '\\') pieces.push(literal(pattern[at + 1] ?? ''))
    else pieces.push(literal(character))
    at += found?.length ?? (character === '\\' ? 2 : character.length)
  }
  return pieces
}

/** Only the last star is ever taken up again, so the time is at most length × length. */
const fits = (pieces: readonly Piece[], characters: readonly string[]): boolean => {
  let piece = 0
  let star = -1
  let from = 0
  for (let at = 0; at < characters.length;) {
    const wanted = pieces[piece]
    if (wanted === '*') {
      star = piece++
      from = at
    } else if (wanted?.(characters[at] ?? '') === true) {
      piece++
      at++
    } else if (star >= 0) {
      piece = star + 1
      at = ++from
    } else return false
  }
  return pieces.slice(piece).every((rest) => rest === '*')
}

const matcherOf = (segment: string): ((name: string) => boolean) | undefined => {
  const pieces = piecesOf(segment)
  return pieces === undefined ? undefined : (name) => fits(pieces, Array.from(name))
}

/** `a2` before `a10`; else by code unit. */
export const byNature = (a: string, b: string): number => {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (const [index, piece] of left.entries()) {
    const other = right[index] ?? ''
    const gap = index % 2 === 1 ? Number(piece) - Number(other) : 0
    if (gap !== 0 && !Number.isNaN(gap)) return gap
    if (piece !== other) return piece < other ? -1 : 1
  }
  return left.length - right.length
}

// What cannot be looked at is left to the reader, who says why.
const exists = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** The files that a pattern names (`*`, `?`, `[a-z]`, `[^a]` within one segment), in natural order; may be none. */
export const filesMatching = (folder: string, pattern: string): Parsed<readonly string[]> => {
  let names = 0
  const namesIn = (path: string, matches: (name: string) => boolean): string[] => {
    const found: string[] = []
    try {
      const directory = opendirSync(path)
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          if (++names > MOST_NAMES) return []
          if (matches(entry.name)) found.push(join(path, entry.name))
        }
      } finally {
        directory.closeSync()
      }
    } catch {
      // What is no folder, or may not be looked into, has nothing that matches.
    }
    return found.sort(byNature)
  }
  let paths: readonly string[] = [pattern.startsWith('/') ? '/' : folder]
  for (const segment of pattern.split('/').filter((each) => each !== '')) {
    const matches = isPattern(segment) ? matcherOf(segment) : undefined
    if (matches === undefined && isPattern(segment)) return bad(BROKEN)
    paths = paths.flatMap((path) => (matches === undefined ? [join(path, segment)] : namesIn(path, matches)))
    if (names > MOST_NAMES) return bad(`looks at more than ${MOST_NAMES} names; name the folder more closely`)
  }
  if (paths.length > MOST_FILES) return bad(`matches more than ${MOST_FILES} names`)
  return good(paths.filter(exists).sort(byNature))
}
