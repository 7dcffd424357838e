import type { Command, Io } from './command.ts'

/** Says what is wrong with the call, and where to read more; answers the exit status. */
export const refuseUsage = (io: Io, { name }: Pick<Command, 'name'>, fault: string): number => {
  io.err(`tollgate ${name}: ${fault} (see tollgate help ${name})\n`)
  return 1
}

/** Says in one line why the command failed; answers the exit status. */
export const fail = (io: Io, { name }: Pick<Command, 'name'>, message: string): number => {
  io.err(`tollgate ${name}: ${message.replaceAll(/\s+/g, ' ')}\n`)
  return 1
}

/** The reason of a failed system call or connection, in words where they are known. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown fault'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return (
    (code === undefined ? undefined : REASONS[code]) ??
    (error.message === '' ? (code ?? error.name) : error.message)
  )
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EEXIST: 'the file exists already',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out',
  UND_ERR_BODY_TIMEOUT: 'timed out',
}

/** Told of a file that has none of tollgate's own keys. */
export const ANUBIS = 'read as an Anubis policy file: what nothing decides is allowed'
