/** What is being read now. */
export interface Reached {
  /** Bytes. */
  readonly read: number
  /** Bytes in all; undefined when not known. */
  readonly size: number | undefined
  readonly lines: number
  /** Since the start, in milliseconds. */
  readonly milliseconds: number
}

export interface Progress {
  /** Draws, but not too often. */
  show(reached: Reached): void
  /** Wipes the line. */
  clear(): void
}

const WIDTH = 24
const REDRAW_MS = 200

const spanText = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

const barOf = ({ read, size, milliseconds }: Reached): string => {
  if (size === undefined || size === 0) return `${(read / 1e6).toFixed(1)} MB`
  const share = Math.min(1, read / size)
  const full = Math.round(share * WIDTH)
  const left = share === 0 ? '' : `, ${spanText((milliseconds / 1000) * (1 / share - 1))} left`
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(share * 100)).padStart(3)} %${left}`
}

/** One line, without its end. */
export const progressText = (reached: Reached): string => {
  const { lines, milliseconds } = reached
  const rate = Math.round(lines / Math.max(0.001, milliseconds / 1000))
  return `${barOf(reached)}, ${lines.toLocaleString('en')} lines, ${rate.toLocaleString('en')} lines/s`
}

/** @param clock Monotonic milliseconds. */
export const createProgress = (write: (text: string) => void, clock: () => number): Progress => {
  let drawn = Number.NEGATIVE_INFINITY
  return {
    show(reached) {
      const now = clock()
      if (now - drawn < REDRAW_MS) return
      drawn = now
      write(`\r\u001b[K${progressText(reached)}`)
    },
    clear: () => drawn > Number.NEGATIVE_INFINITY && write('\r\u001b[K'),
  }
}
