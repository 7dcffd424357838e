import type { Io } from '../../src/cli/command.ts'

/** An `Io` that keeps what is written. */
export const captureIo = (env: Io['env'] = {}) => {
  const written = { out: '', err: '' }
  const io: Io = {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    env,
    terminal: false,
  }
  return { io, written }
}
