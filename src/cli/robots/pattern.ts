import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'

/** What a pattern of robots.txt asks of a request. */
export interface RobotsPattern {
  /** On the path, in Go syntax. */
  readonly path: string
  /** On the query, as an expression; undefined: any query, or none. */
  readonly query: string | undefined
}

const SPECIAL = /[.+*?()|[\]{}^$\\]/
const UNRESERVED = /[A-Za-z0-9\-._~]/
const NO_QUERY = 'size(query) == 0'
const NOT_TO_SAY = 'asks more of the query than a rule can say'

const literal = (text: string): string => (SPECIAL.test(text) ? `\\${text}` : text)

const escapeOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `%(?i:${byte.toString(16).padStart(2, '0')})`).join('')

/** An escaped character and the plain one are the same (§2.2.2), but for the slash, which has a meaning of its own. */
const characterOf = (character: string, escaped: boolean): string => {
  if (character === '/' && escaped) return escapeOf(Buffer.from('/'))
  if (!escaped && (character === '/' || UNRESERVED.test(character))) return literal(character)
  return `(?:${literal(character)}|${escapeOf(Buffer.from(character))})`
}

const decoded = (escapes: string): string => {
  const text = Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8')
  return text.includes('\uFFFD') ? '' : text
}

const pathRegexOf = (pattern: string): string =>
  (pattern.match(/(?:%[0-9A-Fa-f]{2})+|\*+|./gsu) ?? [])
    .map((piece) => {
      if (piece.startsWith('*')) return '.*'
      const plain = piece.length > 2 && piece.startsWith('%') ? decoded(piece) : ''
      return plain === ''
        ? Array.from(piece, (one) => characterOf(one, false)).join('')
        : Array.from(plain, (one) => characterOf(one, true)).join('')
    })
    .join('')

/** `key=value`, `key=`, `key` behind the `?`, with a `*` in front, behind, or both. */
const PARAMETER = /^\*?&?([\w.~[\]-]+)(?:=([\w.~-]*))?(\*?)(\$?)$/

const queryOf = (text: string): Parsed<string> => {
  if (/^\**$/.test(text)) return good('size(query) > 0')
  const found = PARAMETER.exec(text)
  if (found === null) return bad(NOT_TO_SAY)
  const [, key = '', value, open, end] = found
  const name = JSON.stringify(key)
  if (value === undefined) {
    return open === '' && end === '' ? good(`query.exists(name, name.startsWith(${name}))`) : bad(NOT_TO_SAY)
  }
  const there = `${name} in query`
  if (value === '') return good(there)
  const test = end === '' ? `.startsWith(${JSON.stringify(value)})` : ` == ${JSON.stringify(value)}`
  return good(`${there} && query[${name}]${test}`)
}

/** `/*sort=`, `/*&sort=`: a parameter wherever it stands. */
const ANYWHERE = /^\/?\*(&?)([\w.~[\]-]+)=\**$/

const anywhereOf = (whole: boolean, key: string): string =>
  whole ? `${JSON.stringify(key)} in query` : `query.exists(name, name.endsWith(${JSON.stringify(key)}))`

/** Turns a pattern into conditions of a rule; a fault when a rule cannot say the same. */
export const robotsPatternOf = (pattern: string): Parsed<RobotsPattern> => {
  if (!/^[/*]/.test(pattern)) return bad('must begin with / or *')
  const mark = pattern.indexOf('?')
  if (mark >= 0) {
    const query = queryOf(pattern.slice(mark + 1))
    return query.ok ? good({ path: `^${pathRegexOf(pattern.slice(0, mark))}$`, query: query.value }) : query
  }
  const anywhere = ANYWHERE.exec(pattern)
  if (anywhere !== null)
    return good({ path: '^/', query: anywhereOf(anywhere[1] === '&', anywhere[2] ?? '') })
  if (/\*.*[=&]/.test(pattern)) return bad(NOT_TO_SAY)
  const ends = pattern.endsWith('$')
  const regex = `^${pathRegexOf(ends ? pattern.slice(0, -1) : pattern)}`
  if (ends) return good({ path: `${regex}$`, query: NO_QUERY })
  const open = regex.replace(/(?:\.\*)+$/, '')
  return good({ path: open === '^' ? '^/' : open, query: undefined })
}
