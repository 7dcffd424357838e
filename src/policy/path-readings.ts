import type { Strictness } from './matcher.ts'

/** The ways in which a server behind us may read a path. */
export interface Readings {
  /**
   * As it came, percent-decoded once, and that with its dot segments resolved; for `some` also without path
   * parameters (`;…`). The usual path has one reading. Remembers the last path.
   */
  of(path: string, strictness: Strictness): readonly string[]
}

const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g
// What a server may read in another way: an escape, a dot segment, a doubled or turned slash, a path parameter.
const AMBIGUOUS = /[%;\\]|\/\.|\/\//
const PARAMETERS = /;[^/]*/g

const decoded = (path: string): string =>
  path.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))

const resolved = (path: string): string => {
  const kept: string[] = []
  for (const segment of path.replaceAll('\\', '/').split(/\/+/)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`.replace(/^\/+/, '/')
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

const readingsOf = (path: string): Readonly<Record<Strictness, readonly string[]>> => {
  const plain = decoded(path)
  const every = [path, plain, resolved(plain)]
  return {
    every: distinct(every),
    some: distinct([...every, resolved(plain.replaceAll(PARAMETERS, ''))]),
  }
}

export const createReadings = (): Readings => {
  let last = ''
  let known: Readonly<Record<Strictness, readonly string[]>> = { some: [''], every: [''] }
  return {
    of(path, strictness) {
      if (path !== last) {
        known = AMBIGUOUS.test(path) ? readingsOf(path) : { some: [path], every: [path] }
        last = path
      }
      return known[strictness]
    },
  }
}
