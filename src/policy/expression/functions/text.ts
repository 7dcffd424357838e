import { Instant, Span, TypeName, typeNameOf, Uint } from '../value.ts'
import type { Value } from '../value.ts'
import { instantText, spanText } from './moments.ts'

/** A double as Go's `%g` writes it: with an exponent of two digits where it is needed. */
export const doubleText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return Object.is(value, -0) ? '-0' : String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A value that is no list and no map, as `string(…)` and `%s` write it. */
export const shownAs = (value: Value): string => {
  if (typeof value === 'number') return doubleText(value)
  if (value instanceof Uint) return value.value.toString()
  if (value instanceof Instant) return instantText(value)
  if (value instanceof Span) return spanText(value)
  if (value instanceof TypeName) return value.name
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value === 'object' && value !== null) return typeNameOf(value)
  return String(value)
}
