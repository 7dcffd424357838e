/** Reads robots.txt as RFC 9309 has it. */

/** `Allow` or `Disallow`. */
export interface RobotsLine {
  readonly line: number
  readonly allow: boolean
  /** As it stands there; not empty. */
  readonly pattern: string
}

/** What holds for one set of crawlers. */
export interface RobotsGroup {
  /** Product tokens in lower case; `*` is everybody that no other group names. */
  readonly agents: readonly string[]
  readonly lines: readonly RobotsLine[]
  /** Whether it asks for a pause between requests (not of the RFC). */
  readonly delay: boolean
}

interface OpenGroup {
  readonly agents: string[]
  readonly lines: RobotsLine[]
  delay: boolean
}

const FIELD = /^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$/

/** Crawlers of the same name are told the same, however many groups name them (§2.2.1). */
const merged = (groups: readonly OpenGroup[]): RobotsGroup[] => {
  const byAgents = new Map<string, OpenGroup>()
  const byAgent = new Map<string, OpenGroup[]>()
  for (const group of groups) {
    for (const agent of new Set(group.agents)) byAgent.set(agent, [...(byAgent.get(agent) ?? []), group])
  }
  for (const [agent, parts] of byAgent) {
    const key = parts.map((part) => groups.indexOf(part)).join()
    const known = byAgents.get(key)
    if (known !== undefined) known.agents.push(agent)
    else {
      const lines = parts.flatMap((part) => part.lines)
      byAgents.set(key, { agents: [agent], lines, delay: parts.some(({ delay }) => delay) })
    }
  }
  return [...byAgents.values()]
}

/** Lines that are none are passed over, as every crawler does. */
export const parseRobots = (text: string): RobotsGroup[] => {
  const groups: OpenGroup[] = []
  let naming = false
  for (const [index, row] of text.split(/\r\n|\r|\n/).entries()) {
    const field = FIELD.exec(row.replace(/#.*/, ''))
    const key = field?.[1]?.toLowerCase() ?? ''
    const value = field?.[2] ?? ''
    const group = groups.at(-1)
    if (key === 'user-agent') {
      if (naming) group?.agents.push(value.toLowerCase())
      else groups.push({ agents: [value.toLowerCase()], lines: [], delay: false })
      naming = true
    } else if (key === 'allow' || key === 'disallow') {
      if (value !== '') group?.lines.push({ line: index + 1, allow: key === 'allow', pattern: value })
      naming = false
    } else if (key === 'crawl-delay') {
      if (group !== undefined) group.delay = Number(value) > 0 || group.delay
      naming = false
    }
  }
  return merged(groups)
}
