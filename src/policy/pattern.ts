import { RE2JS, RE2JSSyntaxException } from 're2js'
import { z } from 'zod'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

const LONGEST = 10_000
const FAULT = 'must be a regular expression'

/** A pattern of the operator, not yet compiled. */
export const patternSchema = z
  .string(FAULT)
  .min(1, FAULT)
  .max(LONGEST, `must have at most ${LONGEST} characters`)
  .refine((text) => !/[\r\n]$/.test(text), 'must not end with a line break (write >- instead of >)')

/** A text that is too long for this pattern: the rule cannot be evaluated. */
export class PatternFault extends Error {
  override readonly name = 'PatternFault'
}

/**
 * Instructions of the pattern × characters of the text that one test may cost. While the automaton fits its memory a
 * character costs one step; a pattern such as `[ab]*a[ab]{900}$` needs all of them (measured: 25 ns each, so 0.1 s).
 */
const MOST_STEPS = 4_000_000

/** Tests a text; the time is linear in its length whatever the pattern is (RE2). */
export interface Pattern {
  /** Instructions that the pattern was compiled to. */
  readonly size: number
  /** @throws PatternFault when the text is too long for this pattern. */
  test(text: string): boolean
}

const patternOf = (compiled: RE2JS): Pattern => {
  const size = compiled.programSize()
  const longest = Math.floor(MOST_STEPS / size)
  return {
    size,
    test(text) {
      if (text.length > longest)
        throw new PatternFault(`has more than ${longest} characters for this pattern`)
      return compiled.test(text)
    },
  }
}

const syntaxFault = (pattern: string, fault: RE2JSSyntaxException): string => {
  const piece = fault.getPattern()
  const at = piece === null || piece === pattern ? -1 : pattern.indexOf(piece)
  const where = at < 0 ? '' : ` at character ${at + 1}: ${piece}`
  return `is not a regular expression: ${fault.getDescription()}${where}`
}

/** Go's regular expression syntax, found anywhere in the text unless anchored. */
export const compilePattern = (text: string): Parsed<Pattern> => {
  const pattern = text.trim()
  try {
    return good(patternOf(RE2JS.compile(pattern)))
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return bad(syntaxFault(pattern, error))
    return bad('is not a regular expression that can be compiled')
  }
}
