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

/** Tests a text; the time is linear in its length whatever the pattern is (RE2). */
export interface Pattern {
  test(text: string): boolean
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
    return good(RE2JS.compile(pattern))
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return bad(syntaxFault(pattern, error))
    return bad('is not a regular expression that can be compiled')
  }
}
