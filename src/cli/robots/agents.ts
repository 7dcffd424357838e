import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import { chunked } from './chunks.ts'
import type { RobotsGroup } from './robots.ts'

const EVERYBODY = '*'
const LONGEST = 9000
const MOST_ITEMS = 20

const escaped = (text: string): string => text.replaceAll(/[.+*?()|[\]{}^$\\]/g, '\\$&')

// A name is no part of a longer word: "bot" is not every bot.
const wordOf = (agent: string): string =>
  `${/^\w/.test(agent) ? '\\b' : ''}${escaped(agent)}${/\w$/.test(agent) ? '\\b' : ''}`

const regexOf = (words: string): string => `(?i)(?:${words})`

/** Any of the names, in either case, within a User-Agent. */
export const agentRegexOf = (agents: readonly string[]): Parsed<string> => {
  const regex = regexOf(agents.map(wordOf).join('|'))
  return regex.length > LONGEST ? bad('names too many user agents in one group') : good(regex)
}

const noneOf = (agents: readonly string[]): Parsed<string[]> => {
  const items = chunked(agents.map(wordOf), '|', LONGEST / 2).map(
    (words) => `!userAgent.matches(${JSON.stringify(regexOf(words))})`,
  )
  return items.length > MOST_ITEMS ? bad('names too many user agents') : good(items)
}

/** The crawlers that a group is not for although their name contains one of its names, or it is for everybody. */
const othersOf = (group: RobotsGroup, groups: readonly RobotsGroup[]): string[] => {
  const everybody = group.agents.includes(EVERYBODY)
  const own = new Set(group.agents)
  const others = groups
    .flatMap(({ agents }) => agents)
    .filter((agent) => agent !== EVERYBODY && agent !== '' && !own.has(agent))
  return everybody ? others : others.filter((agent) => group.agents.some((name) => agent.includes(name)))
}

export interface AgentConditions {
  /** Undefined: everybody. */
  readonly user_agent_regex?: string
  /** Expressions that must hold too. */
  readonly items: readonly string[]
}

/** Who a group is for; the group that names a crawler more exactly is its only one (§2.2.1). */
export const agentConditionsOf = (
  group: RobotsGroup,
  groups: readonly RobotsGroup[],
): Parsed<AgentConditions> => {
  const others = othersOf(group, groups)
  const items = others.length === 0 ? good([]) : noneOf([...new Set(others)])
  if (!items.ok) return items
  if (group.agents.includes(EVERYBODY)) return good({ items: items.value })
  const regex = agentRegexOf(group.agents)
  return regex.ok ? good({ user_agent_regex: regex.value, items: items.value }) : regex
}
