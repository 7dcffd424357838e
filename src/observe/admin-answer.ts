/** What the admin listener answers, as a value. */
import type { ServerResponse } from 'node:http'

export interface AdminAnswer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** On every answer. `img-src data:` is for the icon of the page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export const textAnswer = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
  headers,
})

export const htmlAnswer = (
  status: number,
  html: string,
  headers: Readonly<Record<string, string>>,
): AdminAnswer => ({ status, type: 'text/html; charset=utf-8', body: html, headers })

export const jsonAnswer = (status: number, value: unknown): AdminAnswer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
})

/** Writes the answer; the body is left out for HEAD. */
export const sendAnswer = (response: ServerResponse, answer: AdminAnswer, head: boolean): void => {
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  response.end(head ? undefined : answer.body)
}
