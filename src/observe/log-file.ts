/** Where log lines go. A destination that fails loses lines, counts them, and never harms the process. */
import { closeSync, openSync, writeSync } from 'node:fs'

/** Written at once when this many characters wait, at the end of the event loop's turn otherwise. */
const FULL = 16_384
/** Most characters kept while a destination is not ready to take them. */
const MOST = 1_048_576
const STDOUT = 1

export interface LogFile {
  /** One line with its end. */
  write(line: string): void
  /** Writes what waits, now. */
  flush(): void
  /** Opens the file anew, for log rotation; does nothing for standard output. */
  reopen(): void
  /** Lines lost since the start. */
  lost(): number
  close(): void
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/**
 * Appends to `path`, or writes to standard output when it is undefined.
 *
 * @throws what `openSync` throws, when the file cannot be opened at construction.
 */
export const createLogFile = (path: string | undefined): LogFile => {
  const open = (): number => (path === undefined ? STDOUT : openSync(path, 'a', 0o640))
  let fd = open()
  let waiting = ''
  let scheduled = false
  let torn = false
  let lost = 0

  const lose = (): void => {
    lost += waiting.split('\n').length - 1
    waiting = ''
  }
  const drain = (): void => {
    let bytes = Buffer.from(torn ? `\n${waiting}` : waiting)
    try {
      while (bytes.length > 0) {
        const written = writeSync(fd, bytes)
        torn = bytes[written - 1] !== 0x0a
        bytes = bytes.subarray(written)
      }
      waiting = ''
    } catch (error) {
      // A full pipe: keep the rest for the next turn. Everything else (EPIPE, ENOSPC, EIO …) loses it.
      if (codeOf(error) === 'EAGAIN' && bytes.length < MOST) {
        waiting = bytes.toString()
        torn = false
      } else lose()
    }
  }
  const flush = (): void => {
    if (waiting !== '') drain()
  }
  const turn = (): void => {
    scheduled = false
    flush()
  }

  return {
    write: (line) => {
      waiting += line
      if (waiting.length >= FULL) return flush()
      if (scheduled) return
      scheduled = true
      setImmediate(turn)
    },
    flush,
    reopen: () => {
      if (path === undefined) return
      flush()
      try {
        const next = open()
        closeSync(fd)
        fd = next
      } catch {
        // Better the old file than none; it is reopened with the next signal.
      }
    },
    lost: () => lost,
    close: () => {
      flush()
      if (path !== undefined) closeSync(fd)
    },
  }
}
