const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g
// What a server may read in another way: an escape, a dot segment, a doubled or turned slash.
const AMBIGUOUS = /%|\/\.|\/\/|\\/

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

/**
 * The ways in which a server behind us may read the path: as it came, percent-decoded once, and that with its dot
 * segments resolved. Undefined for the usual path, which has one reading.
 */
export const pathReadings = (path: string): readonly string[] | undefined => {
  if (!AMBIGUOUS.test(path)) return undefined
  const plain = decoded(path)
  return [path, plain, resolved(plain)]
}
