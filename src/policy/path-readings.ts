/** The ways in which a server behind us may read a path. */
export interface Readings {
  /**
   * As it came; percent-decoded once; and that with its dot segments resolved and its slashes joined, in every way in
   * which servers differ: an escaped slash or backslash is one or is not, a backslash is a slash or is not, slashes are
   * joined before or after, path parameters (`;…`) count or do not. Each once; the usual path has one reading.
   * Remembers the last path.
   */
  of(path: string): readonly string[]
}

const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g
const ESCAPED_SLASH = /%(?:2f|5c)/gi
// What a server may read in another way: an escape, a dot segment, a doubled or turned slash, a path parameter.
const AMBIGUOUS = /[%;\\]|\/\.|\/\//
const PARAMETERS = /;[^/]*/g

const decoded = (path: string): string =>
  path.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))

/** As `decoded`, but a slash that was escaped stays inside its segment. */
const decodedWithin = (path: string): string =>
  path
    .split(/(%(?:2f|5c))/i)
    .map((part) => (part.match(ESCAPED_SLASH) === null ? decoded(part) : part))
    .join('')

/** RFC 3986 §5.2.4: a dot segment at the end leads to the folder; afterwards slashes are joined. */
const resolved = (path: string): string => {
  const kept: string[] = []
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === '.' || segment === '..'
    if (segment === '..') kept.pop()
    if (!isDots) kept.push(segment)
    else if (index === segments.length - 1) kept.push('')
  }
  return `/${kept.join('/')}`.replaceAll(/\/{2,}/g, '/')
}

type Change = (path: string) => string

const same: Change = (path) => path
const turned: Change = (path) => path.replaceAll('\\', '/')
const joined: Change = (path) => path.replaceAll(/\/{2,}/g, '/')
const withoutParameters: Change = (path) => path.replaceAll(PARAMETERS, '')

/** Each way in which servers differ; a path goes through one of each. */
const DIFFERENCES: readonly (readonly Change[])[] = [
  [decoded, decodedWithin],
  [same, turned],
  [same, withoutParameters],
  [same, joined],
]

const readingsOf = (path: string): readonly string[] => {
  let forms = [path]
  for (const changes of DIFFERENCES) {
    forms = [...new Set(forms.flatMap((form) => changes.map((change) => change(form))))]
  }
  return [...new Set([path, decoded(path), ...forms.map(resolved)])]
}

export const createReadings = (): Readings => {
  let last = ''
  let known: readonly string[] = ['']
  return {
    of(path) {
      if (path !== last) {
        known = AMBIGUOUS.test(path) ? readingsOf(path) : [path]
        last = path
      }
      return known
    },
  }
}
