import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENDPOINTS, type PageChallenge } from '../protocol.ts'
import type { Manifest } from './built.ts'
import { asciiJson, bytesOf, escapeHtml } from './escape.ts'
import { DOCUMENT_HEADERS, flatHeaders } from './headers.ts'
import type { Locale } from './locale.ts'
import type { PageParts } from './pages.ts'
import { createSplice } from './splice.ts'
import { fillTemplate } from './template.ts'

export interface ChallengePageParts {
  readonly folder: string
  readonly manifest: Manifest
  readonly locale: Locale
  readonly basePath: string
}

const policyOf = ({ challenge }: Manifest): string =>
  [
    "default-src 'none'",
    `script-src '${challenge.script}'`,
    `style-src '${challenge.style}'`,
    "worker-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ')

const documentOf = ({ folder, manifest, locale, basePath }: ChallengePageParts): string => {
  const { lang, dir, shared, challenge, script } = locale
  const worker = basePath + ENDPOINTS.assets + manifest.challenge.worker
  const template = readFileSync(join(folder, manifest.challenge.document), 'utf8')
  return fillTemplate(template, { lang, dir, ...shared, ...challenge, worker }, { texts: asciiJson(script) })
}

/** Everything but the reference and the challenge's JSON is worked out here, once. */
export const createChallengePage = (parts: ChallengePageParts) => {
  const [head = '', between = '', tail = ''] = documentOf(parts)
    .split(/\{\{\{(?:reference|challenge)\}\}\}/)
    .map(bytesOf)
  const gzip = createSplice(head, tail)
  const fixedLength = head.length + tail.length
  const plainHeaders = flatHeaders({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyOf(parts.manifest),
    'referrer-policy': 'same-origin',
    vary: 'accept-encoding',
    ...DOCUMENT_HEADERS,
  })
  const gzipHeaders = [...plainHeaders, 'content-encoding', 'gzip']

  return (challenge: PageChallenge, acceptsGzip: boolean): PageParts => {
    const middle = bytesOfReference(challenge.reference) + between + asciiJson(challenge)
    if (!acceptsGzip) {
      const length = String(fixedLength + middle.length)
      return { headers: [...plainHeaders, 'content-length', length], body: head + middle + tail }
    }
    const body = gzip(middle)
    return { headers: [...gzipHeaders, 'content-length', String(body.length)], body }
  }
}

const PLAIN = /^[\w-]*$/
const bytesOfReference = (reference: string): string =>
  PLAIN.test(reference) ? reference : bytesOf(escapeHtml(reference))
