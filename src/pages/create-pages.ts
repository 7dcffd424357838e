import { join } from 'node:path'
import { PROBLEM_TYPE, type ProblemJson } from '../protocol.ts'
import { createAssets } from './assets.ts'
import { readManifest } from './built.ts'
import { createChallengePage } from './challenge-page.ts'
import { asciiJson } from './escape.ts'
import { en } from './locales/en.ts'
import type { PageParts, Pages, PagesParts } from './pages.ts'
import { createRefusalPage } from './refusal-page.ts'

const BUILT = join(import.meta.dirname, '..', '..', 'web', 'dist')
const PROBLEM_HEADERS = [
  ...['content-type', PROBLEM_TYPE, 'cache-control', 'no-store'],
  ...['x-content-type-options', 'nosniff', 'x-robots-tag', 'noindex'],
]

const problem = (document: ProblemJson): PageParts => {
  const body = asciiJson(document)
  return { headers: [...PROBLEM_HEADERS, 'content-length', String(body.length)], body }
}

/** Reads the built files; throws when there are none. */
export const createPages = ({ assetsDir: folder = BUILT, basePath }: PagesParts): Pages => {
  const manifest = readManifest(folder)
  const locale = en
  return {
    challengePage: createChallengePage({ folder, manifest, locale, basePath }),
    refusalPage: createRefusalPage(folder, manifest, locale),
    problem,
    asset: createAssets(folder, manifest),
  }
}
