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
/** Matching costs up to thirty nanoseconds for each character while the automaton has room for its states. */
const MATCH_WORK = 3
/** When it has not, each instruction of the pattern is tried at each character. */
const INSTRUCTION_WORK = 0.5

/** A pattern and what a character costs it at worst. */
export interface Weighed {
  readonly pattern: Pattern
  readonly work: number
}

const weighed = (pattern: Pattern): Weighed => ({
  pattern,
  work: MATCH_WORK + pattern.size * INSTRUCTION_WORK,
})

/** As `compilePattern`, but white space at its ends belongs to the pattern. */
export const compileExact = (text: string): Parsed<Weighed> => {
  const trimmed = compilePattern(text)
  if (!trimmed.ok) return trimmed
  const exact = text.trim() === text ? trimmed : compilePattern(`(?:${text})`)
  return exact.ok ? good(weighed(exact.value)) : exact
}

/** Tests a text and counts the work. */
export const testPattern = (context: Context, { pattern, work }: Weighed, text: string): boolean => {
  context.spend(10 + Math.ceil(text.length * work))
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

const compileDynamic = (context: Context, text: string): Parsed<Weighed> => {
  if (repeated(text) > LARGEST_DYNAMIC) return bad('')
  context.spend(repeated(text) * COMPILE_WORK)
  return compileExact(text)
}

/** Compiles patterns that are only known with the request, and remembers the last few. */
export const createPatternMemory = (): ((context: Context, text: string) => Weighed) => {
  const known = new Map<string, Parsed<Weighed>>()
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
