import type { Scalar } from 'yaml'
import { allows } from './shape.ts'
import type { Shapes } from './shape.ts'

const TRUE = /^(?:y|yes|on|true)$/i
const FALSE = /^(?:n|no|off|false)$/i
const OCTAL = /^(-?)0([0-7]+)$/
const BINARY = /^(-?)0b([01]+)$/
const GROUPED = /^-?\d+(?:_\d+)+$/

const booleanOf = (text: string): boolean | undefined =>
  TRUE.test(text) ? true : FALSE.test(text) ? false : undefined

const integerOf = (text: string): number | undefined => {
  for (const [form, base] of [
    [OCTAL, 8],
    [BINARY, 2],
  ] as const) {
    const match = form.exec(text)
    if (match !== null) return Number.parseInt(`${match[1]}${match[2]}`, base)
  }
  return GROUPED.test(text) ? Number(text.replaceAll('_', '')) : undefined
}

/**
 * An unquoted scalar as Go's YAML 1.1 reader gives it to the field that waits for it: `no` is false where a boolean is
 * expected and a text where a text is (Norway), `010` is eight.
 */
export const goScalar = (node: Scalar, shapes: Shapes): unknown => {
  const { value, source, type } = node
  if (type !== 'PLAIN' || source === undefined || value === null) return value
  if (allows(shapes, 'boolean')) return booleanOf(source) ?? value
  if (allows(shapes, 'integer') || allows(shapes, 'number')) return integerOf(source) ?? value
  return allows(shapes, 'string') ? source : value
}
