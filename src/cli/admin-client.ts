import { readFileSync } from 'node:fs'
import { Client } from 'undici'
import { bad, good, type Parsed } from '../base/parsed.ts'
import type { Flags } from './flags.ts'
import { reasonOf } from './outcome.ts'

export const DEFAULT_ADMIN = 'http://127.0.0.1:9090'

/** Flags of every command that talks to a running gateway. */
export const ADMIN_FLAGS = { admin: { type: 'string' }, 'token-file': { type: 'string' } } as const

/** The same for the help text. */
export const ADMIN_USAGE = `  --admin URL         the admin listener, http://…, https://… or unix:/PATH (default ${DEFAULT_ADMIN})
  --token-file FILE   file with its token (admin.token_file)
`

/** Milliseconds; a reload of a large policy takes its time. */
const PATIENCE = 120_000
const MOST_BYTES = 4_194_304

export interface AdminReply {
  readonly status: number
  /** Undefined when the body is no JSON. */
  readonly json: unknown
}

export interface AdminQuestion {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
}

interface AdminServer {
  readonly origin: string
  readonly socketPath?: string
}

const serverOf = (text: string): AdminServer | undefined => {
  if (text.startsWith('unix:/')) return { origin: 'http://localhost', socketPath: text.slice('unix:'.length) }
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) ? { origin: url.origin } : undefined
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const exchange = async (
  { origin, socketPath }: AdminServer,
  token: string | undefined,
  { method, path, body }: AdminQuestion,
): Promise<AdminReply> => {
  const client = new Client(origin, {
    maxResponseSize: MOST_BYTES,
    ...(socketPath === undefined ? {} : { socketPath }),
  })
  try {
    const answer = await client.request({
      method,
      path,
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return { status: answer.statusCode, json: jsonOf(await answer.body.text()) }
  } finally {
    await client.destroy()
  }
}

/** Asks the admin listener that the flags name; what is in the way is one line in words. */
export const askAdmin = async (flags: Flags, question: AdminQuestion): Promise<Parsed<AdminReply>> => {
  const admin = flags.text('admin') ?? DEFAULT_ADMIN
  const server = serverOf(admin)
  if (server === undefined) return bad('--admin must be an http:// or https:// URL or unix:/PATH')
  const file = flags.text('token-file')
  try {
    const token = file === undefined ? undefined : readFileSync(file, 'utf8').trim()
    const reply = await exchange(server, token, question)
    if (reply.status !== 401 && reply.status !== 403) return good(reply)
    return bad(`${admin} refused: ${file === undefined ? 'it may need --token-file' : 'the token is wrong'}`)
  } catch (cause) {
    return bad(`${file !== undefined && isFileFault(cause) ? file : admin}: ${reasonOf(cause)}`)
  }
}

/** Of reading the token and not of connecting: that names no system call of files. */
const isFileFault = (cause: unknown): boolean =>
  cause instanceof Error && 'syscall' in cause && (cause.syscall === 'open' || cause.syscall === 'read')
