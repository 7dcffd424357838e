import { createReadStream } from 'node:fs'
import { Agent, interceptors, request } from 'undici'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { reasonOf } from './outcome.ts'

const PATIENCE_MS = 30_000
const MOST_REDIRECTS = 5

export interface SourceParts {
  /** Bytes; a longer text is a fault. */
  readonly most: number
  readonly stdin: () => AsyncIterable<Uint8Array | string>
  /** How long a server may take in all; milliseconds. */
  readonly patience?: number
}

const boundedText = async (
  chunks: AsyncIterable<Uint8Array | string>,
  most: number,
): Promise<Parsed<string>> => {
  const kept: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > most) return bad(`is longer than ${most} bytes`)
    kept.push(bytes)
  }
  return good(
    Buffer.concat(kept)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  )
}

const fetchText = async (url: string, { most, patience = PATIENCE_MS }: SourceParts) => {
  const agent = new Agent()
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent.compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTS })),
      signal: AbortSignal.timeout(patience),
      headers: { 'user-agent': 'tollgate', accept: 'text/plain, application/json, */*;q=0.5' },
    })
    return statusCode === 200 ? await boundedText(body, most) : bad(`answered with status ${statusCode}`)
  } finally {
    await agent.destroy()
  }
}

/** Reads a file, what a URL (http, https) answers, or standard input (`-`). */
export const readSource = async (name: string, parts: SourceParts): Promise<Parsed<string>> => {
  try {
    const text = /^https?:\/\//i.test(name)
      ? await fetchText(name, parts)
      : await boundedText(name === '-' ? parts.stdin() : createReadStream(name), parts.most)
    return text.ok ? text : bad(`${name} ${text.fault}`)
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    return bad(`${name}: ${timedOut ? 'timed out' : reasonOf(error)}`)
  }
}
