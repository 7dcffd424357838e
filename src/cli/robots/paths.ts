import { compilePattern } from '../../policy/pattern.ts'
import { chunked } from './chunks.ts'
import { robotsPatternOf } from './pattern.ts'
import type { RobotsPattern } from './pattern.ts'
import type { RobotsLine } from './robots.ts'

/** Conditions of one rule that disallows. */
export interface PathConditions {
  /** It disallows everything. */
  readonly blanket: boolean
  readonly path_regex: string
  /** Expressions that must hold too. */
  readonly items: readonly string[]
}

interface Line extends RobotsLine, RobotsPattern {}

const LONGEST = 8000
const LONGEST_EXCEPTION = 4000
const MOST_ITEMS = 60
const EVERYTHING = '^/'
const ROBOTS = '/robots.txt'
/** Crawlers may always read the rules (§2.2.2). */
const ROBOTS_REGEX = '^/robots\\.txt$'

const readable = (lines: readonly RobotsLine[], note: (text: string) => void): Line[] => {
  const kept: Line[] = []
  for (const line of lines) {
    const pattern = robotsPatternOf(line.pattern)
    const regex = pattern.ok ? compilePattern(pattern.value.path) : pattern
    if (pattern.ok && regex.ok && pattern.value.path.length <= LONGEST_EXCEPTION)
      kept.push({ ...line, ...pattern.value })
    else {
      const why = !pattern.ok ? pattern.fault : regex.ok ? 'is too long' : regex.fault
      note(`line ${line.line}: ${line.pattern.slice(0, 200)} ${why}; left out`)
    }
  }
  return kept
}

const octets = ({ pattern }: RobotsLine): number => Buffer.byteLength(pattern)

/** Two patterns without a `*` can only meet when one begins with the other. */
const canMeet = (allow: Line, disallow: Line): boolean =>
  /[*%$]/.test(allow.pattern + disallow.pattern) || allow.pattern.startsWith(disallow.pattern)

const reachesRobots = ({ path, query }: Line): boolean => {
  const regex = compilePattern(path)
  return query === undefined && regex.ok && regex.value.test(ROBOTS)
}

const exceptionsOf = (disallow: Line, allows: readonly Line[]): string[] => {
  const stronger = allows.filter((allow) => octets(allow) >= octets(disallow) && canMeet(allow, disallow))
  const plain = stronger.filter(({ query }) => query === undefined).map(({ path }) => path)
  const paths = [...new Set(reachesRobots(disallow) ? [...plain, ROBOTS_REGEX] : plain)]
  const asked = stronger.filter(({ query }) => query !== undefined)
  return [
    ...chunked(paths, '|', LONGEST_EXCEPTION).map((regex) => `!path.matches(${JSON.stringify(regex)})`),
    ...asked.map(({ path, query }) => `!(path.matches(${JSON.stringify(path)}) && ${query})`),
  ]
}

/** One entry for all lines that have the same exceptions. */
export const conditionsOf = (
  lines: readonly RobotsLine[],
  note: (text: string) => void,
): PathConditions[] => {
  const kept = readable(lines, note)
  const allows = kept.filter(({ allow }) => allow)
  const bySameness = new Map<string, { blanket: boolean; paths: string[]; items: string[] }>()
  for (const line of kept.filter(({ allow }) => !allow)) {
    const blanket = line.path === EVERYTHING && line.query === undefined
    const items = [...(line.query === undefined ? [] : [line.query]), ...exceptionsOf(line, allows)]
    if (items.length > MOST_ITEMS) {
      note(`line ${line.line}: ${line.pattern.slice(0, 200)} has too many exceptions; left out`)
      continue
    }
    const key = JSON.stringify([blanket, items])
    const known = bySameness.get(key)
    if (known === undefined) bySameness.set(key, { blanket, paths: [line.path], items })
    else if (!known.paths.includes(line.path)) known.paths.push(line.path)
  }
  return [...bySameness.values()].flatMap(({ blanket, paths, items }) =>
    chunked(paths, '|', LONGEST).map((path_regex) => ({ blanket, path_regex, items })),
  )
}
