import { bad, good } from '../../../base/parsed.ts'
import type { Parsed } from '../../../base/parsed.ts'
import { compilePattern } from '../../pattern.ts'
import type { Pattern } from '../../pattern.ts'
import type { Context } from '../frame.ts'
import { EvaluationFault } from '../value.ts'

const REMEMBERED = 64
/** Characters of a pattern that is made from a request, counted as often as it repeats them. */
const LARGEST_DYNAMIC = 1000
const BAD_PATTERN = new EvaluationFault('is not a regular expression that can be used')
/** Compiling costs some ten microseconds for each character. */
const COMPILE_WORK = 500
/** Matching costs up to thirty nanoseconds for each character. */
const MATCH_WORK = 3

/** As `compilePattern`, but white space at its ends belongs to the pattern. */
export const compileExact = (text: string): Parsed<Pattern> => {
  const trimmed = compilePattern(text)
  if (!trimmed.ok || text.trim() === text) return trimmed
  return compilePattern(`(?:${text})`)
}

/** Tests a text and counts the work. */
export const testPattern = (context: Context, pattern: Pattern, text: string): boolean => {
  context.spend(10 + text.length * MATCH_WORK)
  return pattern.test(text)
}

const repeated = (pattern: string): number => {
  let size = pattern.length
  for (const [, least = '', most = ''] of pattern
    .replaceAll(/\\./g, '')
    .matchAll(/\{(\d{1,9})(?:,(\d{0,9}))?\}/g)) {
    size *= Math.max(1, Number(least), Number(most))
  }
  return size
}

const compileDynamic = (context: Context, text: string): Parsed<Pattern> => {
  if (repeated(text) > LARGEST_DYNAMIC) return bad('')
  context.spend(repeated(text) * COMPILE_WORK)
  const pattern = compileExact(text)
  return pattern.ok ? good(pattern.value) : pattern
}

/** Compiles patterns that are only known with the request, and remembers the last few. */
export const createPatternMemory = (): ((context: Context, text: string) => Pattern) => {
  const known = new Map<string, Parsed<Pattern>>()
  return (context, text) => {
    let pattern = known.get(text)
    if (pattern === undefined) {
      pattern = compileDynamic(context, text)
      if (known.size >= REMEMBERED) known.clear()
      if (text.length <= LARGEST_DYNAMIC) known.set(text, pattern)
    }
    if (!pattern.ok) throw BAD_PATTERN
    return pattern.value
  }
}
