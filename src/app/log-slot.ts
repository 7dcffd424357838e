import type { Log, LogOptions } from '../observe/log.ts'

/** The log of one thread, which a reload may put elsewhere. */
export interface LogSlot extends Pick<Log, 'onEvent' | 'reopen' | 'flush'> {
  /**
   * The log for these options: the current one when they are the same. Nothing is written to it yet.
   *
   * @throws when its file cannot be opened.
   */
  prepare(options: LogOptions): Log
  /** Writes to it from now on, and closes the one before. */
  adopt(log: Log): void
  /** Closes a log that was prepared in vain. */
  discard(log: Log): void
}

/** @throws when the file of the first options cannot be opened. */
export const createLogSlot = (first: LogOptions, open: (options: LogOptions) => Log): LogSlot => {
  const optionsOf = new WeakMap<Log, LogOptions>()
  const opened = (options: LogOptions): Log => {
    const log = open(options)
    optionsOf.set(log, options)
    return log
  }
  const isCurrent = ({ level, file }: LogOptions): boolean => {
    const now = optionsOf.get(current)
    return now?.level === level && now.file === file
  }
  const discard = (log: Log): void => {
    if (log !== current) log.close()
  }
  let current = opened(first)
  return {
    onEvent: (event) => current.onEvent(event),
    reopen: () => current.reopen(),
    flush: () => current.flush(),
    prepare: (options) => (isCurrent(options) ? current : opened(options)),
    adopt(log) {
      const old = current
      current = log
      discard(old)
    },
    discard,
  }
}
