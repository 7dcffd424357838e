import { createAccessLine } from './access-line.ts'
import type { ReadLine } from './entry.ts'
import { createJsonLine } from './json-line.ts'
import type { Visitors } from './visitors.ts'

/** Every format, by the name that `--format` takes. */
const FORMATS = {
  common: (visitors: Visitors) => createAccessLine('common', visitors),
  combined: (visitors: Visitors) => createAccessLine('combined', visitors),
  json: createJsonLine,
} as const satisfies Record<string, (visitors: Visitors) => ReadLine>

export type LogFormat = keyof typeof FORMATS

export const FORMAT_NAMES = Object.keys(FORMATS) as LogFormat[]

/** Lines that are looked at to find the format. */
export const LOOKED_AT = 100

export const createReadLine = (format: LogFormat, visitors: Visitors): ReadLine => FORMATS[format](visitors)

const QUOTED_BEHIND_STATUS = /" [1-9]\d\d (?:\d+|-) "/

/** The format that reads most of the lines; undefined when none reads any. */
export const formatOf = (lines: readonly string[], visitors: Visitors): LogFormat | undefined => {
  const readBy = (format: LogFormat): number => {
    const read = createReadLine(format, visitors)
    return lines.filter((line) => {
      const told = read(line)
      return told.entry !== undefined || !told.malformed
    }).length
  }
  const json = readBy('json')
  const access = readBy('combined')
  if (json === 0 && access === 0) return undefined
  if (json >= access) return 'json'
  return lines.some((line) => QUOTED_BEHIND_STATUS.test(line)) ? 'combined' : 'common'
}
