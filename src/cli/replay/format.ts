import { createAccessLine } from './access-line.ts'
import type { ReadLine } from './entry.ts'
import { createJsonLine } from './json-line.ts'
import type { Addresses } from './addresses.ts'

/** Every format, by the name that `--format` takes. */
const FORMATS = {
  common: (addresses: Addresses) => createAccessLine('common', addresses),
  combined: (addresses: Addresses) => createAccessLine('combined', addresses),
  json: createJsonLine,
} as const satisfies Record<string, (addresses: Addresses) => ReadLine>

export type LogFormat = keyof typeof FORMATS

export const FORMAT_NAMES = Object.keys(FORMATS) as LogFormat[]

/** Lines that are looked at to find the format. */
export const LOOKED_AT = 100

export const createReadLine = (format: LogFormat, addresses: Addresses): ReadLine =>
  FORMATS[format](addresses)

const QUOTED_BEHIND_STATUS = /" [1-9]\d\d (?:\d+|-) "/

/** The format that reads most of the lines; undefined when none reads any. */
export const formatOf = (lines: readonly string[], addresses: Addresses): LogFormat | undefined => {
  const readBy = (format: LogFormat): number => {
    const read = createReadLine(format, addresses)
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
