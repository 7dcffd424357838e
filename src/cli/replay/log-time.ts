const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const CLF = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d+)? ([+-])(\d\d)(\d\d)$/

/** `10/Oct/2000:13:55:36 -0700` as milliseconds since 1970; undefined when it is none. */
export const clfTimeOf = (text: string): number | undefined => {
  const found = CLF.exec(text)
  if (found === null) return undefined
  const month = MONTHS.indexOf(found[2]!)
  if (month < 0) return undefined
  const [day, year, hours, minutes, seconds, aheadHours, aheadMinutes] = [1, 3, 4, 5, 6, 8, 9].map((group) =>
    Number(found[group]),
  ) as [number, number, number, number, number, number, number]
  const ahead = (aheadHours * 60 + aheadMinutes) * (found[7] === '-' ? -1 : 1)
  return Date.UTC(year, month, day, hours, minutes - ahead, seconds)
}

/** Remembers the last time, as many lines of a log are of the same second. */
export const createClfTimes = (): ((text: string) => number | undefined) => {
  let last = ''
  let time: number | undefined
  return (text) => {
    if (text !== last) {
      time = clfTimeOf(text)
      last = text
    }
    return time
  }
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size (good from 1973 on). */
const sinceEpoch = (value: number): number | undefined => {
  if (!Number.isFinite(value) || value <= 0) return undefined
  if (value < 1e11) return value * 1000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1e3 : value / 1e6
}

const DECIMAL = /^\d{9,19}(?:\.\d{1,9})?$/

/** A time as JSON logs write it: a number, RFC 3339, or that of the common log format. */
export const jsonTimeOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return sinceEpoch(value)
  if (typeof value !== 'string' || value.length > 64) return undefined
  if (DECIMAL.test(value)) return sinceEpoch(Number(value))
  const time = Date.parse(value)
  return Number.isNaN(time) ? clfTimeOf(value) : time
}
