// `node scripts/data.ts FOLDER`: writes the rule sets of data/ that consist of published facts.
//
// FOLDER holds `networks/NAME.txt` (one address range a line, as the operators publish them) and `agents.yaml` (lists
// of User-Agent names); data/sources/ holds what FOLDER lacks. The same input always gives the
// same files: ranges are in canonical form, sorted and without duplicates.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { parseAddress } from '../src/base/address.ts'
import { parseRange } from '../src/base/address-range.ts'
import type { AddressRange } from '../src/base/address-range.ts'

interface AddressSet {
  readonly file: string
  readonly purpose: string
  readonly rule: string
  readonly action: 'ALLOW' | 'DENY' | 'WEIGH'
  readonly adjust?: number
  /** Name of the list of ranges. */
  readonly ranges: string
  /** Absent: whoever comes from the ranges. */
  readonly agent?: string
  /** Suffixes of names that are as good as the ranges. */
  readonly names?: readonly string[]
}

interface AgentSet {
  readonly file: string
  readonly purpose: string
  readonly rule: string
  readonly group: string
}

const allow = (file: string, purpose: string, rule: string, ranges: string, agent: string) =>
  ({ file, purpose, rule, action: 'ALLOW', ranges, agent }) as const

const cloud = (name: string, file: string): readonly AddressSet[] => [
  {
    file: `crawlers/${file}.yaml`,
    purpose: `refuses everything from the ${name} cloud, people behind a proxy there included.`,
    rule: `${file}-denied`,
    action: 'DENY',
    ranges: file,
  },
  {
    file: `networks/${file}.yaml`,
    purpose: `treats visitors from the ${name} cloud with suspicion; few people browse from a data centre.`,
    rule: `${file}-suspected`,
    action: 'WEIGH',
    adjust: 10,
    ranges: file,
  },
]

const ADDRESS_SETS: readonly AddressSet[] = [
  {
    ...allow('crawlers/googlebot.yaml', 'lets Google index the site.', 'googlebot', 'googlebot', 'Googlebot'),
    names: ['.googlebot.com', '.google.com'],
  },
  {
    ...allow(
      'crawlers/bingbot.yaml',
      'lets Bing index the site.',
      'bingbot',
      'bingbot',
      'bingbot|BingPreview',
    ),
    names: ['.search.msn.com'],
  },
  {
    ...allow('crawlers/applebot.yaml', 'lets Apple index the site.', 'applebot', 'applebot', 'Applebot/'),
    names: ['.applebot.apple.com'],
  },
  allow(
    'crawlers/duckduckbot.yaml',
    'lets DuckDuckGo index the site.',
    'duckduckbot',
    'duckduckbot',
    'DuckDuckBot',
  ),
  allow(
    'crawlers/commoncrawl.yaml',
    'lets Common Crawl add the site to its open archive (which is also used to train models).',
    'commoncrawl',
    'common-crawl',
    'CCBot',
  ),
  allow('crawlers/kagibot.yaml', 'lets Kagi index the site.', 'kagibot', 'kagibot', 'Kagibot'),
  allow(
    'crawlers/marginalia.yaml',
    'lets Marginalia Search index the site.',
    'marginalia',
    'marginalia',
    'search\\.marginalia\\.nu',
  ),
  {
    file: 'crawlers/internet-archive.yaml',
    purpose:
      'lets the Internet Archive keep a copy; its tools name themselves in many ways, so addresses decide.',
    rule: 'internet-archive',
    action: 'ALLOW',
    ranges: 'internet-archive',
  },
  allow(
    'crawlers/openai-gptbot.yaml',
    'lets OpenAI collect pages to train models.',
    'openai-gptbot',
    'openai-gptbot',
    'GPTBot',
  ),
  allow(
    'crawlers/openai-searchbot.yaml',
    'lets OpenAI index the site for search in ChatGPT.',
    'openai-searchbot',
    'openai-searchbot',
    'OAI-SearchBot',
  ),
  allow(
    'crawlers/perplexitybot.yaml',
    'lets Perplexity index the site for its search.',
    'perplexitybot',
    'perplexitybot',
    'PerplexityBot',
  ),
  allow(
    'clients/openai-chatgpt-user.yaml',
    'lets ChatGPT fetch a page that one of its users asks about.',
    'openai-chatgpt-user',
    'openai-chatgpt-user',
    'ChatGPT-User',
  ),
  allow(
    'clients/perplexity-user.yaml',
    'lets Perplexity fetch a page that one of its users asks about.',
    'perplexity-user',
    'perplexity-user',
    'Perplexity-User',
  ),
  {
    ...allow(
      'clients/google-user-triggered-fetchers.yaml',
      'lets Google fetch what one of its users asked for: translation, reading aloud, feeds, proof of ownership.',
      'google-user-triggered-fetchers',
      'google-user-triggered-fetchers',
      'FeedFetcher-Google|Google-Read-Aloud|Google-Site-Verification|GoogleProducer|GoogleMessages|via translate\\.google\\.com',
    ),
  },
  allow(
    'apps/qualys-ssl-labs.yml',
    'lets the TLS test of Qualys SSL Labs reach the site.',
    'qualys-ssl-labs',
    'qualys-ssl-labs',
    'SSL Labs|ssllabs\\.com',
  ),
  allow(
    'services/updown.yaml',
    'lets the monitor updown.io watch the site.',
    'updown',
    'updown',
    'updown\\.io',
  ),
  allow(
    'services/uptime-robot.yaml',
    'lets the monitor UptimeRobot watch the site.',
    'uptime-robot',
    'uptime-robot',
    'UptimeRobot',
  ),
  allow('services/pingdom.yaml', 'lets the monitor Pingdom watch the site.', 'pingdom', 'pingdom', 'Pingdom'),
  allow(
    'services/statuscake.yaml',
    'lets the monitor StatusCake watch the site.',
    'statuscake',
    'statuscake',
    'StatusCake',
  ),
  ...cloud('Alibaba', 'alibaba-cloud'),
  ...cloud('Huawei', 'huawei-cloud'),
  ...cloud('Tencent', 'tencent-cloud'),
  ...cloud('Vultr', 'vultr-cloud'),
  {
    file: 'bots/lyrenth.yaml',
    purpose: 'refuses the crawler AIWebIndex, by its name and by its addresses.',
    rule: 'lyrenth-ai-web-index-addresses',
    action: 'DENY',
    ranges: 'lyrenth-ai-web-index-ips',
  },
]

const AGENT_SETS: readonly AgentSet[] = [
  {
    file: 'bots/ai-catchall.yaml',
    purpose: 'refuses AI agents whose operators do not say, or mix, what they fetch pages for.',
    rule: 'ai-undocumented',
    group: 'ai_undocumented_or_mixed',
  },
  {
    file: 'bots/ai-robots-txt.yaml',
    purpose: 'refuses every AI agent that the list ai.robots.txt names, search and previews included.',
    rule: 'ai-robots-txt',
    group: 'ai_robots_txt_1_47',
  },
  {
    file: 'clients/ai.yaml',
    purpose: 'refuses AI agents that fetch a page because one of their users asked.',
    rule: 'ai-user-fetchers',
    group: 'ai_user_fetchers',
  },
  {
    file: 'crawlers/ai-search.yaml',
    purpose: 'refuses AI agents that index pages for search.',
    rule: 'ai-search',
    group: 'ai_search',
  },
  {
    file: 'crawlers/ai-training.yaml',
    purpose: 'refuses AI agents that collect pages to train models.',
    rule: 'ai-training',
    group: 'ai_training',
  },
]

const GENERATED =
  '# Written by scripts/data.ts from published lists; change them or the script, not this file.\n'

/** What stands in front of the generated rule, by file. */
const BEFORE: Readonly<Record<string, string>> = {
  'bots/lyrenth.yaml': `- name: lyrenth-ai-web-index\n  action: DENY\n  user_agent_regex: 'AIWebIndex'\n`,
}

const compareRanges = (a: AddressRange, b: AddressRange): number => {
  for (const index of [0, 1, 2, 3] as const) {
    const difference = a.first[index] - b.first[index]
    if (difference !== 0) return difference
  }
  // The wider one of two that begin alike comes first.
  for (const index of [0, 1, 2, 3] as const) {
    const difference = b.last[index] - a.last[index]
    if (difference !== 0) return difference
  }
  return 0
}

/** Widens what has bits set behind its prefix to the block that it stands in. */
const blockOf = (line: string): AddressRange => {
  const range = parseRange(line)
  if (range.ok) return range.value
  const [address = '', prefix = ''] = line.split('/')
  const known = parseAddress(address)
  const base = known && /\(the range is (\S+)\)/.exec(range.fault)?.[1]
  const widened = base === undefined || prefix === '' ? range : parseRange(base)
  if (!widened.ok) throw new Error(`${line}: ${widened.fault}`)
  return widened.value
}

const rangesOf = (text: string): readonly string[] => {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim())
  const ranges = lines.filter((line) => line !== '').map(blockOf)
  return [...new Set(ranges.sort(compareRanges).map((range) => range.text))]
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const listed = (indent: string, lines: readonly string[]): string =>
  lines.map((line) => `${indent}- ${line}\n`).join('')

const addressText = (set: AddressSet, ranges: readonly string[]): string => {
  const { action, adjust, agent, names } = set
  const head = [
    `- name: ${set.rule}\n  action: ${action}\n`,
    adjust === undefined ? '' : `  weight:\n    adjust: ${adjust}\n`,
    agent === undefined ? '' : `  user_agent_regex: ${quoted(agent)}\n`,
  ].join('')
  if (action !== 'ALLOW' || agent === undefined)
    return `${head}  remote_addresses:\n${listed('    ', ranges)}`
  const known = names === undefined ? '' : `    names: [${names.map(quoted).join(', ')}]\n`
  return `${head}  verified:\n${known}    remote_addresses:\n${listed('      ', ranges)}`
}

const escaped = (name: string): string => name.replaceAll(/[.+*?()|[\]{}^$\\]/g, '\\$&')

// Whole words only: some of the names are as short as "Code" and "Spider".
const agentText = ({ rule }: AgentSet, names: readonly string[]): string => {
  const sorted = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1))
  return `- name: ${rule}\n  action: DENY\n  user_agent_regex: >-\n    \\b(?:${sorted.map(escaped).join('|')})\\b\n`
}

const write = (file: string, purpose: string, text: string): void => {
  const path = join(import.meta.dirname, '..', 'data', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `# Purpose: ${purpose}\n${GENERATED}${BEFORE[file] ?? ''}${text}`)
}

const folder = process.argv[2]
if (folder === undefined) {
  process.stderr.write('node scripts/data.ts FOLDER (with agents.yaml and networks/)\n')
  process.exit(1)
}

const sources = join(import.meta.dirname, '..', 'data', 'sources')
const textOf = (given: string, otherwise: string): string => {
  const path = join(folder, given)
  return readFileSync(existsSync(path) ? path : join(sources, otherwise), 'utf8')
}

for (const set of ADDRESS_SETS) {
  const name = `${set.ranges}.txt`
  write(set.file, set.purpose, addressText(set, rangesOf(textOf(join('networks', name), name))))
}
const agents = parse(textOf('agents.yaml', 'agents.yaml')) as Record<string, readonly string[]>
for (const set of AGENT_SETS) write(set.file, set.purpose, agentText(set, agents[set.group] ?? []))
