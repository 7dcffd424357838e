/** The ways in which a server behind us may read a path. */
export interface Readings {
  /**
   * As it came, percent-decoded once, that with its dot segments resolved, and that without path parameters (`;…`),
   * each once. The usual path has one reading. Remembers the last path.
   */
  of(path: string): readonly string[]
}

const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g
// What a server may read in another way: an escape, a dot segment, a doubled or turned slash, a path parameter.
const AMBIGUOUS = /[%;\\]|\/\.|\/\//
const PARAMETERS = /;[^/]*/g

const decoded = (path: string): string =>
  path.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))

/** RFC 3986 §5.2.4, with slashes joined and turned: a dot segment at the end leads to the folder. */
const resolved = (path: string): string => {
  const kept: string[] = []
  const segments = path.replaceAll('\\', '/').split(/\/+/)
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === '.' || segment === '..'
    if (segment === '..') kept.pop()
    if (!isDots) kept.push(segment)
    else if (index === segments.length - 1) kept.push('')
  }
  return `/${kept.join('/')}`.replace(/^\/+/, '/')
}

const readingsOf = (path: string): readonly string[] => {
  const plain = decoded(path)
  return [...new Set([path, plain, resolved(plain), resolved(plain.replaceAll(PARAMETERS, ''))])]
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
