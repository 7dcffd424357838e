/** Name, value, name, value …, as Node writes them without an object for each. */
export const flatHeaders = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers).flat()

/** What every page and document says of itself. */
export const DOCUMENT_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const
