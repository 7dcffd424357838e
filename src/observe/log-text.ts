/** Text of visitors and causes of faults, made fit for a line of the log. */
import { isNativeError } from 'node:util/types'

/** Most bytes (UTF-8) of one text of the visitor in the log. */
export const TEXT_BYTES = 512
const STACK_CHARACTERS = 4096

// C1 controls drive terminals, the others reorder or break the line that an operator reads.
const UNPRINTABLE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Caps a text at `TEXT_BYTES` without splitting a character; what a terminal would obey becomes U+FFFD. */
export const createTextCap = (): ((text: string) => string) => {
  const encoder = new TextEncoder()
  const scratch = new Uint8Array(TEXT_BYTES)
  // Three bytes is the most that one UTF-16 unit takes.
  const short = Math.floor(TEXT_BYTES / 3)
  return (text) => {
    const whole = text.length <= short ? text : text.slice(0, encoder.encodeInto(text, scratch).read)
    return whole.replace(UNPRINTABLE, '\uFFFD')
  }
}

export interface CauseJson {
  readonly type: string
  readonly code?: string
  readonly message: string
  readonly stack?: string
}

/**
 * A cause in the log: type, code, message and stack, and nothing else of it: errors of HTTP clients carry headers
 * and bodies as properties.
 */
export const causeOf = (cause: unknown, cap: (text: string) => string, withStack: boolean): CauseJson => {
  if (!isNativeError(cause)) return { type: typeof cause, message: cap(String(cause)) }
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cap(cause.code) } : {}
  const stack =
    withStack && cause.stack !== undefined ? { stack: cause.stack.slice(0, STACK_CHARACTERS) } : {}
  return { type: cap(cause.name), ...code, message: cap(cause.message), ...stack }
}
