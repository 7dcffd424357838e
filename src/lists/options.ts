import { z } from 'zod'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { count, duration, filePath, parsedText } from '../base/scalars.ts'

const MOST_LISTS = 100
const URL_FAULT = 'must be a URL such as https://example.org/ranges.txt'
const NAME_FAULT = 'must be a name of a-z, 0-9, "-" and "_", at most 64 characters'
const CHANGE_FAULT = 'must be a percentage such as 50%, at most 100000%'

const parseListUrl = (text: string): Parsed<string> => {
  const url = text.length > 2048 ? null : URL.parse(text)
  if (url === null) return bad(URL_FAULT)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return bad('must begin with https:// or http://')
  return url.hostname === '' ? bad(URL_FAULT) : good(url.href)
}

/** `50%` as 0.5. */
const parseShare = (text: string): Parsed<number> => {
  const match = /^(\d{1,6})%$/.exec(text)
  const percent = Number(match?.[1] ?? Number.NaN)
  return percent <= 100_000 ? good(percent / 100) : bad(CHANGE_FAULT)
}

const listSchema = z
  .strictObject({
    url: parsedText(parseListUrl, z.string(URL_FAULT)).exactOptional().describe('Where the list is fetched.'),
    file: filePath().exactOptional().describe('File that the list is read from, instead of url.'),
    format: z
      .enum(['auto', 'lines', 'json'])
      .prefault('auto')
      .describe(
        'lines: one address or range a line, comments after # or ;. json: every text in it that is one. auto: as it looks.',
      ),
    refresh: duration({ min: '1m', max: '30d' }).prefault('24h').describe('How often it is looked for anew.'),
    min_entries: count({ max: '10M' })
      .prefault(1)
      .describe('A copy with fewer entries is refused; the last good one stays.'),
    max_entries: count({ min: '1', max: '10M' })
      .prefault(1_000_000)
      .describe('A copy with more entries is refused; the last good one stays.'),
    max_change: parsedText(parseShare, z.string(CHANGE_FAULT))
      .prefault('50%')
      .describe('A copy whose number of entries differs by more from the last good one is refused.'),
  })
  .refine(({ url, file }) => (url === undefined) !== (file === undefined), 'must have either url or file')
  .describe('One list of addresses and ranges.')

/** `lists`: by name; rules ask for them with `list`. */
export const listsSchema = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, NAME_FAULT), listSchema)
  .refine((lists) => Object.keys(lists).length <= MOST_LISTS, `must have at most ${MOST_LISTS} lists`)
  .prefault({})
  .describe('Lists of addresses that are kept up to date; rules ask for them by name.')

/** `lists_folder`: where the last good copies lie. */
export const listsFolderSchema = filePath()
  .exactOptional()
  .describe('Folder for the last good copies of lists; absent: they are lost when the gateway stops.')

export type ListOptions = z.output<typeof listSchema>
export type ListsOptions = Readonly<Record<string, ListOptions>>
