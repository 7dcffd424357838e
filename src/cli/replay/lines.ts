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
/**
 * Cuts blocks of bytes into lines, each byte one character: so Node shows a request's target and headers too. Every
 * line has memory of its own: parts of one text for the whole block would keep all of it alive.
 */
export const createLines = (): Lines => {
  let kept: Buffer[] = []
  let length = 0
  let tooLong = false

  const lineOf = (bytes: Buffer, start: number, end: number): Line => {
    const isLong = tooLong || end - start > LONGEST_LINE
    tooLong = false
    if (isLong) return TOO_LONG
    const bare = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    return bytes.toString('latin1', start, bare)
  }

  const keep = (bytes: Buffer): void => {
    kept.push(bytes)
    length += bytes.length
    if (length <= LONGEST_LINE) return
    tooLong = true
    taken()
  }

  const taken = (): Buffer => {
    const all = kept.length === 1 ? kept[0]! : Buffer.concat(kept)
    kept = []
    length = 0
    return all
  }

  return {
    split(block) {
      // One after the other, not all together: a line may come byte by byte.
      if (!block.includes(LINE_FEED)) {
        keep(block)
        return []
      }
      const bytes = length === 0 ? block : Buffer.concat([taken(), block])
      const lines: Line[] = []
      let start = 0
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        lines.push(lineOf(bytes, start, end))
        start = end + 1
      }
      keep(bytes.subarray(start))
      return lines
    },
    rest() {
      if (length === 0 && !tooLong) return []
      const bytes = taken()
      return [lineOf(bytes, 0, bytes.length)]
    },
  }
}
