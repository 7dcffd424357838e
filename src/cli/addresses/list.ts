import { parseRange } from '../../base/address-range.ts'
import type { AddressRange } from '../../base/address-range.ts'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'

export interface AddressList {
  readonly ranges: readonly AddressRange[]
  /** What is no range, in words with its line or place. */
  readonly faults: readonly string[]
}

const MOST_DEPTH = 32
const CANDIDATE = /^[0-9a-fA-F.:]+(?:\/\d{1,3})?$/
const LONGEST_SHOWN = 100

const shown = (text: string): string => JSON.stringify(text.slice(0, LONGEST_SHOWN))

/** One address or range a line; `#` and `;` begin a comment. */
export const parseLines = (text: string): AddressList => {
  const ranges: AddressRange[] = []
  const faults: string[] = []
  for (const [index, row] of text.split(/\r\n|\r|\n/).entries()) {
    const entry = row.replace(/[#;].*/, '').trim()
    if (entry === '') continue
    const range = parseRange(entry)
    if (range.ok) ranges.push(range.value)
    else faults.push(`line ${index + 1}: ${shown(entry)} ${range.fault}; left out`)
  }
  return { ranges, faults }
}

/** Every text of a JSON document that is an address or a range, wherever it stands: operators arrange them differently. */
export const parseJson = (text: string): Parsed<AddressList> => {
  const ranges: AddressRange[] = []
  const faults: string[] = []
  const visit = (value: unknown, place: string, depth: number): boolean => {
    if (depth > MOST_DEPTH) return false
    if (typeof value === 'string' && CANDIDATE.test(value) && /[.:]/.test(value)) {
      const range = parseRange(value)
      if (range.ok) ranges.push(range.value)
      else if (value.includes('/')) faults.push(`${place}: ${shown(value)} ${range.fault}; left out`)
    }
    if (typeof value !== 'object' || value === null) return true
    return Object.entries(value).every(([key, inner]) => visit(inner, `${place}.${key}`, depth + 1))
  }
  try {
    if (!visit(JSON.parse(text), '$', 0)) return bad(`is nested deeper than ${MOST_DEPTH} levels`)
  } catch (error) {
    return bad(`is not JSON: ${error instanceof Error ? error.message : 'fault'}`)
  }
  return good({ ranges, faults })
}
