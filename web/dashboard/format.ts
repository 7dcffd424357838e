/** Numbers, sizes and times as people read them. */
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })

/** `1,234,567` */
export const numberText = (value: number): string => whole.format(value)

/** `1.2K`, for axes. */
export const shortText = (value: number): string => compact.format(value)

/** `12.3` below a hundred, whole numbers above. */
export const rateText = (value: number): string => (value < 100 ? tenths : whole).format(value)

/** `12.5%`, or a dash when there is nothing to share. */
export const shareText = (part: number, all: number): string => (all > 0 ? percent.format(part / all) : '–')

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `64 MiB` */
export const bytesText = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), SIZES.length - 1)
  return `${rateText(bytes / 1024 ** power)} ${SIZES[power]}`
}

/** `850 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export const durationText = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${rateText(milliseconds)} ms`
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const steps = [
    ['min', 60, 's', 1],
    ['h', 3600, 'min', 60],
    ['d', 86_400, 'h', 3600],
  ] as const
  const [big, bigSize, small, smallSize] = steps.findLast(([, size]) => seconds >= size) ?? steps[0]
  return `${Math.floor(seconds / bigSize)} ${big} ${Math.floor((seconds % bigSize) / smallSize)} ${small}`
}

/** `14:03:59`, local time. */
export const clockText = (at: number): string => clock.format(at)
