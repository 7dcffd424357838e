import type { IncomingMessage } from 'node:http'
import type { AnswerFields } from '../challenge/kind.ts'

/** No honest answer is longer: an id of 6.5 KB at most and 64 nonces and lanes. */
const LONGEST_BODY = 16_384

export type AnswerFormat = 'json' | 'form'

/** By media type (RFC 9110 §8.3); undefined for all others. */
export const answerFormatOf = (contentType: string | undefined): AnswerFormat | undefined => {
  const type = contentType?.split(';', 1)[0]!.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  return type === 'application/x-www-form-urlencoded' ? 'form' : undefined
}

/** The body as text, or undefined when it is too long or breaks off. Reads no more than it may. */
const readBody = (request: IncomingMessage): Promise<string | undefined> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) return resolve(undefined)
    // A request without a body has ended before anyone listens.
    if (request.readableEnded) return resolve('')
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > LONGEST_BODY) {
        request.pause()
        resolve(undefined)
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })

/** Answers need no escapes, so a backslash can only hide a second field of the same name. */
const hasTwins = (text: string, names: readonly string[]): boolean => {
  if (text.includes('\\')) return true
  for (const name of names) {
    const quoted = `"${name}"`
    if (text.indexOf(quoted) !== text.lastIndexOf(quoted)) return true
  }
  return false
}

const jsonFields = (text: string): AnswerFields | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fields = value as Readonly<Record<string, unknown>>
    if (hasTwins(text, Object.keys(fields))) return undefined
    return { get: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined) }
  } catch {
    return undefined
  }
}

const formFields = (text: string): AnswerFields | undefined => {
  const pairs = [...new URLSearchParams(text)]
  const fields = new Map<string, unknown>(pairs)
  return fields.size === pairs.length ? fields : undefined
}

/** The answer's fields, unchecked; undefined when the body is not such an answer. */
export const readAnswerFields = async (
  request: IncomingMessage,
  format: AnswerFormat,
): Promise<AnswerFields | undefined> => {
  const text = await readBody(request)
  if (text === undefined) return undefined
  return format === 'json' ? jsonFields(text) : formFields(text)
}
