import { z } from 'zod'
import { parseRange } from './address-range.ts'
import { parseListenAddress, parseUpstream } from './endpoint.ts'
import type { Parsed } from './parsed.ts'
import { parseCount, parseDuration, parseSize } from './units.ts'

type Text = z.ZodString

interface Bounds {
  readonly min?: string
  readonly max?: string
}

const faultOf = (parsed: Parsed<unknown>): string => (parsed.ok ? '' : parsed.fault)

/** A text that `parse` turns into a value; its fault becomes the message. */
export const parsedText = <T>(
  parse: (text: string) => Parsed<T>,
  input: Text = z.string(faultOf(parse(''))),
) =>
  input.transform((text, context): T => {
    const parsed = parse(text)
    if (parsed.ok) return parsed.value
    context.issues.push({ code: 'custom', message: parsed.fault, input: text })
    return z.NEVER
  })

const bounded =
  (parse: (text: string) => Parsed<number>, { min, max }: Bounds) =>
  (text: string): Parsed<number> => {
    const limit = (bound: string | undefined, otherwise: number): number => {
      const parsed = bound === undefined ? undefined : parse(bound)
      return parsed?.ok === true ? parsed.value : otherwise
    }
    const parsed = parse(text)
    if (!parsed.ok) return parsed
    if (parsed.value < limit(min, 0)) return { ok: false, fault: `must be at least ${min}` }
    if (parsed.value > limit(max, Number.MAX_SAFE_INTEGER))
      return { ok: false, fault: `must be at most ${max}` }
    return parsed
  }

/** A duration as milliseconds; the bounds are durations too. */
export const duration = (bounds: Bounds = {}) =>
  parsedText(bounded(parseDuration, bounds), z.string(faultOf(parseDuration(''))).meta({ examples: ['30m'] }))

/** A size as bytes; the bounds are sizes too. */
export const size = (bounds: Bounds = {}) =>
  parsedText(bounded(parseSize, bounds), z.string(faultOf(parseSize(''))).meta({ examples: ['64MB'] }))

/** A whole number, as YAML's number or as `1M`; the bounds are counts. */
export const count = (bounds: Bounds = {}) => {
  const fault = faultOf(parseCount(''))
  const parse = bounded(parseCount, bounds)
  return z
    .union([z.int(fault).nonnegative(fault), z.string(fault)], fault)
    .transform((value, context): number => {
      const parsed = parse(String(value))
      if (parsed.ok) return parsed.value
      context.issues.push({ code: 'custom', message: parsed.fault, input: value })
      return z.NEVER
    })
}

/** Where to listen, see `parseListenAddress`. */
export const listenAddress = () => parsedText(parseListenAddress)

/** Where the protected server is, see `parseUpstream`. */
export const upstreamUrl = () => parsedText(parseUpstream)

/** A CIDR block or a single address, kept as canonical text (see `parseRange`). */
export const addressRange = () =>
  parsedText((text): Parsed<string> => {
    const parsed = parseRange(text)
    return parsed.ok ? { ok: true, value: parsed.value.text } : parsed
  })

/** A path of the file system; not empty. */
export const filePath = () =>
  z
    .string('must be the path of a file')
    .min(1, 'must be the path of a file')
    .max(4096, 'must be a shorter path')
