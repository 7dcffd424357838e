/** Longer lines are not read: no server writes them, and memory must have a bound. */
export const LONGEST_LINE = 65_536

/** Stands for a line that is longer. */
export const TOO_LONG = undefined

export type Line = string | typeof TOO_LONG

export interface Lines {
  /** The lines that end in this block, without their line breaks, the empty ones too. */
  split(block: Buffer): readonly Line[]
  /** What stands behind the last line break; ask once. */
  rest(): readonly Line[]
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const NOTHING = Buffer.alloc(0)

/**
 * Cuts blocks of bytes into lines, each byte one character: so Node shows a request's target and headers too. Every
 * line has memory of its own: parts of one text for the whole block would keep all of it alive.
 */
export const createLines = (): Lines => {
  let kept: Buffer = NOTHING
  let tooLong = false

  const lineOf = (bytes: Buffer, start: number, end: number): Line => {
    const isLong = tooLong || end - start > LONGEST_LINE
    tooLong = false
    if (isLong) return TOO_LONG
    const bare = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    return bytes.toString('latin1', start, bare)
  }

  const keep = (bytes: Buffer): void => {
    if (bytes.length > LONGEST_LINE) tooLong = true
    kept = tooLong ? NOTHING : bytes
  }

  return {
    split(block) {
      const bytes = kept.length === 0 ? block : Buffer.concat([kept, block])
      const lines: Line[] = []
      let start = 0
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        lines.push(lineOf(bytes, start, end))
        start = end + 1
      }
      keep(bytes.subarray(start))
      return lines
    },
    rest: () => (kept.length === 0 && !tooLong ? [] : [lineOf(kept, 0, kept.length)]),
  }
}
