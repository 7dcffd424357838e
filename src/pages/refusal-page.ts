import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from './built.ts'
import { bytesOf, escapeHtml } from './escape.ts'
import { DOCUMENT_HEADERS, flatHeaders } from './headers.ts'
import type { Locale } from './locale.ts'
import type { PageParts, Refusal } from './pages.ts'
import { fillTemplate } from './template.ts'

/** True for a path on this origin: one slash, and nothing that a browser reads as another host or a break. */
const isLocalPath = (path: string): boolean => /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(path)

const linkTo = (path: string | undefined, text: string): string =>
  path !== undefined && isLocalPath(path)
    ? `<p><a href="${escapeHtml(path)}">${escapeHtml(text)}</a></p>`
    : ''

export const createRefusalPage = (folder: string, manifest: Manifest, locale: Locale) => {
  const { lang, dir, shared } = locale
  const template = fillTemplate(readFileSync(join(folder, manifest.challenge.refusal), 'utf8'), {
    lang,
    dir,
    ...shared,
  })
  const policy = `default-src 'none'; style-src '${manifest.challenge.style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  const headers = flatHeaders({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'referrer-policy': 'same-origin',
    ...DOCUMENT_HEADERS,
  })
  // One pass over the template: a value that looks like a place is not filled again.
  const pieces = template.split(/(\{\{\{?\w+\}?\}\})/)
  return ({ status, title, text, reference, returnPath }: Refusal): PageParts => {
    const values: Readonly<Record<string, string>> = {
      '{{status}}': String(status),
      '{{title}}': escapeHtml(title),
      '{{text}}': escapeHtml(text),
      '{{reference}}': escapeHtml(reference),
      '{{{back}}}': linkTo(returnPath, locale.refusal.back),
    }
    const body = bytesOf(pieces.map((piece) => values[piece] ?? piece).join(''))
    return { headers: [...headers, 'content-length', String(body.length)], body }
  }
}
