/** Longer lines are not read: no server writes them, and memory must have a bound. */
export const LONGEST_LINE = 65_536

/** Stands for a line that is longer. */
export const TOO_LONG = undefined

export type Line = string | typeof TOO_LONG

export interface Lines {
  /** The lines that end in this block, without their line breaks, the empty ones too. */
  split(block: Buffer): readonly Line[]
  /** What stands behind the last line break. */
  rest(): readonly Line[]
}

const bare = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

/**
 * Cuts blocks of bytes into lines, each byte one character: so Node shows a request's target and headers too. A line
 * is a part of its block: see `ownText`.
 */
export const createLines = (): Lines => {
  let kept = ''
  let tooLong = false

  const lineOf = (text: string): Line => {
    const isLong = tooLong || text.length > LONGEST_LINE
    tooLong = false
    return isLong ? TOO_LONG : bare(text)
  }

  return {
    split(block) {
      const text = kept + block.toString('latin1')
      const lines: Line[] = []
      let start = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        lines.push(lineOf(text.slice(start, end)))
        start = end + 1
      }
      kept = text.slice(start)
      if (kept.length > LONGEST_LINE) {
        tooLong = true
        kept = ''
      }
      return lines
    },
    rest: () => (kept === '' && !tooLong ? [] : [lineOf(kept)]),
  }
}
