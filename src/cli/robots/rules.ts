import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import { agentConditionsOf, agentRegexOf } from './agents.ts'
import { conditionsOf } from './paths.ts'
import type { RobotsGroup } from './robots.ts'

/** A rule of a policy, as it is written into a file. */
export interface WrittenRule {
  readonly name: string
  readonly action: 'ALLOW' | 'DENY' | 'CHALLENGE' | 'WEIGH'
  readonly user_agent_regex?: string
  readonly path_regex?: string
  readonly remote_addresses?: readonly string[]
  readonly expression?: string | { readonly all: readonly string[] }
  readonly weight?: { readonly adjust: number }
}

export interface RobotsOptions {
  /** Before the number of each rule. */
  readonly name: string
  /** What becomes of a request for a path that is disallowed. */
  readonly action: 'DENY' | 'CHALLENGE' | 'WEIGH'
  /** What Crawl-delay adds to the weight; 0: nothing. */
  readonly delayWeight: number
  /** Names that are refused whatever robots.txt says. */
  readonly denied: readonly string[]
}

export interface RobotsRules {
  readonly rules: readonly WrittenRule[]
  /** What could not be said, in words with its line. */
  readonly notes: readonly string[]
}

/** What a site that disallows everything to everybody gets: suspicion, as people are part of everybody. */
const EVERYBODY_WEIGHT = 20
const MOST_RULES = 1000

type Body = Omit<WrittenRule, 'name'>

const joinedExpression = (items: readonly string[]): Pick<WrittenRule, 'expression'> => {
  if (items.length === 0) return {}
  return { expression: items.length === 1 ? (items[0] ?? '') : { all: items } }
}

const actionOf = (group: RobotsGroup, blanket: boolean, { action }: RobotsOptions): Body => {
  const everybody = group.agents.includes('*')
  if (blanket && !everybody) return { action: 'DENY' }
  if (blanket || action === 'WEIGH') return { action: 'WEIGH', weight: { adjust: EVERYBODY_WEIGHT } }
  return { action }
}

const bodiesOf = (
  group: RobotsGroup,
  groups: readonly RobotsGroup[],
  options: RobotsOptions,
  note: (text: string) => void,
): Parsed<Body[]> => {
  const agents = agentConditionsOf(group, groups)
  if (!agents.ok) return agents
  const { user_agent_regex, items } = agents.value
  const who = user_agent_regex === undefined ? {} : { user_agent_regex }
  const bodies = conditionsOf(group.lines, note).map(({ blanket, path_regex, items: unless }) => ({
    ...actionOf(group, blanket, options),
    ...who,
    ...(blanket && user_agent_regex !== undefined ? {} : { path_regex }),
    ...joinedExpression([...items, ...unless]),
  }))
  if (!group.delay || options.delayWeight === 0) return good(bodies)
  const slow = user_agent_regex === undefined ? { path_regex: '^/' } : who
  const weight = { adjust: options.delayWeight }
  return good([...bodies, { action: 'WEIGH', ...slow, ...joinedExpression(items), weight }])
}

/**
 * The rules that a robots.txt amounts to: of what matches the path the longest line decides, and Allow when two are
 * equally long (RFC 9309 §2.2.2).
 */
export const robotsRulesOf = (
  groups: readonly RobotsGroup[],
  options: RobotsOptions,
): Parsed<RobotsRules> => {
  const notes: string[] = []
  const bodies: Body[] = []
  if (options.denied.length > 0) {
    const regex = agentRegexOf(options.denied)
    if (!regex.ok) return regex
    bodies.push({ action: 'DENY', user_agent_regex: regex.value })
  }
  for (const group of groups) {
    const found = bodiesOf(group, groups, options, (text) => void notes.push(text))
    if (!found.ok) return found
    bodies.push(...found.value)
  }
  if (bodies.length > MOST_RULES) return bad(`gives more than ${MOST_RULES} rules`)
  const rules = bodies.map((body, index) => ({ name: `${options.name}-${index + 1}`, ...body }))
  return good({ rules, notes })
}
