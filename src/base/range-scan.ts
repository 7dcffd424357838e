/** Reads ranges from bytes without an object for each of them, for lists of a million. */

/** Where a scan leaves what it read; overwritten by the next one. */
export interface ScannedRange {
  readonly first: readonly number[]
  readonly last: readonly number[]
  /** Over 128 bits, for IPv4 too. */
  readonly prefix: number
}

export interface RangeScanner {
  readonly range: ScannedRange
  /** True when `bytes[start..end)` is a range or an address that `parseRange` takes; it then stands in `range`. */
  scan(bytes: Uint8Array, start: number, end: number): boolean
  scanText(text: string): boolean
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128` has 50 characters. */
const LONGEST = 50
const DOT = 46
const SLASH = 47
const COLON = 58
const NONE = -1

/** A decimal number without leading zeros of at most `most`, or `NONE`. */
const decimalAt = (bytes: Uint8Array, start: number, end: number, most: number): number => {
  const length = end - start
  if (length < 1 || length > 3 || (length > 1 && bytes[start] === 48)) return NONE
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) return NONE
    value = value * 10 + digit
  }
  return value <= most ? value : NONE
}

/** A dotted quad without leading zeros in one pass, or `NONE`. */
const quadAt = (bytes: Uint8Array, start: number, end: number): number => {
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === DOT) {
      if (digits === 0 || ++dots > 3) return NONE
      value = value * 256 + octet
      octet = 0
      digits = 0
      continue
    }
    const digit = byte - 48
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return NONE
    octet = octet * 10 + digit
    digits++
    if (octet > 255) return NONE
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : NONE
}

const hexDigit = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : NONE
}

const indexIn = (bytes: Uint8Array, byte: number, start: number, end: number): number => {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at
  return end
}

/** Eight groups into `groups`; false when that is no IPv6 address. */
const groupsAt = (bytes: Uint8Array, start: number, end: number, groups: number[]): boolean => {
  let many = 0
  let gap = NONE
  let at = start
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON || at + 1 >= end) return false
    gap = 0
    at += 2
  }
  while (at < end) {
    if (many === 8) return false
    const stop = indexIn(bytes, COLON, at, end)
    if (stop === end && indexIn(bytes, DOT, at, end) < end) {
      const quad = many > 6 ? NONE : quadAt(bytes, at, end)
      if (quad === NONE) return false
      groups[many++] = quad >>> 16
      groups[many++] = quad & 0xffff
      at = end
      break
    }
    if (stop === at || stop - at > 4) return false
    let value = 0
    for (let digitAt = at; digitAt < stop; digitAt++) {
      const digit = hexDigit(bytes[digitAt]!)
      if (digit === NONE) return false
      value = value * 16 + digit
    }
    groups[many++] = value
    at = stop + 1
    if (stop < end && bytes[at] === COLON && at < end) {
      if (gap !== NONE) return false
      gap = many
      at++
    } else if (stop < end && at === end) return false
  }
  if (gap === NONE) return many === 8
  if (many > 7) return false
  groups.copyWithin(8 - (many - gap), gap, many)
  groups.fill(0, gap, 8 - (many - gap))
  return true
}

/** Sets the last address; false when bits behind the prefix are set. */
const spread = (first: readonly number[], last: number[], prefix: number): boolean => {
  for (let word = 0; word < 4; word++) {
    const kept = Math.min(32, Math.max(0, prefix - 32 * word))
    if (kept === 32) {
      last[word] = first[word]!
      continue
    }
    const host = 0xffffffff >>> kept
    if ((first[word]! & host) !== 0) return false
    last[word] = (first[word]! | host) >>> 0
  }
  return true
}

export const createRangeScanner = (): RangeScanner => {
  const first = [0, 0, 0, 0]
  const last = [0, 0, 0, 0]
  const range = { first, last, prefix: 128 }
  const groups = [0, 0, 0, 0, 0, 0, 0, 0]
  let scratch: Uint8Array | undefined

  const readAddress = (bytes: Uint8Array, start: number, end: number): number => {
    if (indexIn(bytes, COLON, start, end) === end) {
      const quad = quadAt(bytes, start, end)
      if (quad === NONE) return NONE
      first[0] = 0
      first[1] = 0
      first[2] = 0xffff
      first[3] = quad
      return 96
    }
    if (!groupsAt(bytes, start, end, groups)) return NONE
    for (let word = 0; word < 4; word++) first[word] = groups[2 * word]! * 0x10000 + groups[2 * word + 1]!
    return 0
  }

  const scan = (bytes: Uint8Array, start: number, end: number): boolean => {
    if (end - start > LONGEST) return false
    const slash = indexIn(bytes, SLASH, start, end)
    const offset = readAddress(bytes, start, slash)
    if (offset === NONE) return false
    const prefix = slash === end ? 128 - offset : decimalAt(bytes, slash + 1, end, 128 - offset)
    range.prefix = prefix + offset
    return prefix !== NONE && spread(first, last, range.prefix)
  }

  return {
    range,
    scan,
    scanText(text) {
      if (text.length > LONGEST) return false
      scratch ??= new Uint8Array(LONGEST)
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        if (code > 127) return false
        scratch[at] = code
      }
      return scan(scratch, 0, text.length)
    },
  }
}
