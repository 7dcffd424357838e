import { join } from 'node:path'
import { PROBLEM_TYPE, type ChallengeJson, type ProblemJson } from '../protocol.ts'
import { createAssets } from './assets.ts'
import { readManifest } from './built.ts'
import { createChallengePage } from './challenge-page.ts'
import { asciiJson } from './escape.ts'
import { DOCUMENT_HEADERS, flatHeaders } from './headers.ts'
import { en } from './locales/en.ts'
import type { PageParts, Pages, PagesParts } from './pages.ts'
import { createRefusalPage } from './refusal-page.ts'

const BUILT = join(import.meta.dirname, '..', '..', 'web', 'dist')
const JSON_HEADERS = flatHeaders(DOCUMENT_HEADERS)

const json = (type: string, document: ProblemJson | ChallengeJson): PageParts => {
  const body = asciiJson(document)
  return { headers: ['content-type', type, ...JSON_HEADERS, 'content-length', String(body.length)], body }
}

/** Reads the built files; throws when there are none. */
export const createPages = ({ assetsDir: folder = BUILT, basePath }: PagesParts): Pages => {
  const manifest = readManifest(folder)
  const locale = en
  return {
    challengePage: createChallengePage({ folder, manifest, locale, basePath }),
    refusalPage: createRefusalPage(folder, manifest, locale),
    problem: (document) => json(PROBLEM_TYPE, document),
    challengeDocument: (challenge) => json('application/json', challenge),
    asset: createAssets(folder, manifest),
  }
}
