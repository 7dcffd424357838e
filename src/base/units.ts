import { bad, good } from './parsed.ts'
import type { Parsed } from './parsed.ts'

const DURATION_UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
const DURATION =
  /^(?:(?<d>[\d.]+)d)?(?:(?<h>[\d.]+)h)?(?:(?<m>[\d.]+)m(?!s))?(?:(?<s>[\d.]+)s)?(?:(?<ms>[\d.]+)ms)?$/
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/
const SIZE = /^([\d.]+)(B|KB|MB|GB|KiB|MiB|GiB)$/
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}
const COUNT = /^([\d._]+)([kKMG]?)$/
const COUNT_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 }
const GROUPED = /^\d{1,3}(?:_\d{3})+$/

const decimal = (text: string): number => (DECIMAL.test(text) ? Number(text) : Number.NaN)

const wholeOf = (value: number, fault: string): Parsed<number> => {
  const whole = Math.round(value)
  return Number.isSafeInteger(whole) && Math.abs(value - whole) < 1e-6 ? good(whole) : bad(fault)
}

const DURATION_FAULT = 'must be a duration such as 30m (units: ms, s, m, h, d)'

/** `90s`, `1h30m`, `7d`, `250ms` as milliseconds. A number without a unit is a fault that names the units. */
export const parseDuration = (text: string): Parsed<number> => {
  const parts = DURATION.exec(text)?.groups
  if (parts === undefined || text === '') return bad(DURATION_FAULT)
  let total = 0
  for (const [unit, factor] of Object.entries(DURATION_UNITS)) {
    const part = parts[unit]
    if (part !== undefined) total += decimal(part) * factor
  }
  return wholeOf(total, DURATION_FAULT)
}

/** Milliseconds as the text that `parseDuration` reads. */
export const durationText = (milliseconds: number): string => {
  let rest = milliseconds
  let text = ''
  for (const [unit, factor] of Object.entries(DURATION_UNITS)) {
    const many = Math.floor(rest / factor)
    rest -= many * factor
    if (many > 0) text += `${many}${unit}`
  }
  return text === '' ? '0s' : text
}

/** `64MB` (powers of ten), `1KiB` (powers of two) as bytes. */
export const parseSize = (text: string): Parsed<number> => {
  const fault = 'must be a size such as 64MB (units: B, KB, MB, GB, KiB, MiB, GiB)'
  const match = SIZE.exec(text)
  if (match === null) return bad(fault)
  return wholeOf(decimal(match[1] ?? '') * (SIZE_UNITS[match[2] ?? ''] ?? Number.NaN), fault)
}

/** `1M` = 1,000,000, `64k`, `1_000_000` or plain digits. */
export const parseCount = (text: string): Parsed<number> => {
  const fault = 'must be a whole number such as 1000, 64k or 1M'
  const match = COUNT.exec(text)
  if (match === null) return bad(fault)
  const digits = match[1] ?? ''
  const plain = GROUPED.test(digits) ? digits.replaceAll('_', '') : digits
  return wholeOf(decimal(plain) * (COUNT_UNITS[match[2] ?? ''] ?? Number.NaN), fault)
}
