import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import type { Flags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'
import { parseRobots } from './robots/robots.ts'
import { robotsRulesOf } from './robots/rules.ts'
import type { RobotsOptions } from './robots/rules.ts'
import { readSource } from './source.ts'
import { FORMATS, rulesText } from './written-rules.ts'
import type { Format } from './written-rules.ts'

/** Crawlers read at least 500 KiB (RFC 9309 §2.5). */
const MOST_BYTES = 1_000_000
const ACTIONS = ['CHALLENGE', 'DENY', 'WEIGH'] as const
const NAME = /^[!-~](?:[ -~]{0,78}[!-~])?$/

const OPTIONS = {
  action: { type: 'string' },
  name: { type: 'string' },
  format: { type: 'string' },
  'crawl-delay-weight': { type: 'string' },
  'deny-user-agents': { type: 'string' },
} as const

interface Wish extends RobotsOptions {
  readonly format: Format
}

const wishOf = (flags: Flags): Parsed<Wish> => {
  const action = ACTIONS.find((known) => known === (flags.text('action') ?? 'CHALLENGE').toUpperCase())
  if (action === undefined) return bad(`--action must be one of ${ACTIONS.join(', ')}`)
  const format = FORMATS.find((known) => known === (flags.text('format') ?? 'yaml'))
  if (format === undefined) return bad(`--format must be one of ${FORMATS.join(', ')}`)
  const name = flags.text('name') ?? 'robots-txt'
  if (!NAME.test(name)) return bad('--name must have 1 to 80 printable ASCII characters')
  const weight = flags.text('crawl-delay-weight') ?? '0'
  if (!/^\d{1,6}$/.test(weight)) return bad('--crawl-delay-weight must be a whole number from 0 to 999999')
  const listed = (flags.text('deny-user-agents') ?? '').split(',').map((agent) => agent.trim())
  return good({ action, format, name, delayWeight: Number(weight), denied: listed.filter((x) => x !== '') })
}

export const robots2policyCommand: Command = {
  name: 'robots2policy',
  summary: 'make rules of a robots.txt',
  usage: `tollgate robots2policy [FILE|URL|-] [--action A] [--name N] [--format F] [--crawl-delay-weight N]
    [--deny-user-agents A,B]

Reads a robots.txt (standard input unless named; 1 MB at most) and prints rules that hold crawlers to it, for import
into a policy. Disallow: / refuses the crawlers that it names; said to everybody (*) it adds 20 to the weight. Allow is
honoured as crawlers do: the longest line that matches decides (RFC 9309). What rules cannot say is told on standard
error. Exit status: 0, or 1 when no rule came of it.

  --action A               what becomes of a disallowed path: CHALLENGE (default), DENY or WEIGH
  --name N                 name of the rules, before their number (default: robots-txt)
  --format F               yaml (default) or json
  --crawl-delay-weight N   what Crawl-delay adds to the weight of those that it is for (default: 0, nothing)
  --deny-user-agents A,B   refuse these whatever robots.txt says
`,
  async run(args, io) {
    const flags = parseFlags(args, { options: OPTIONS, positionals: [0, 1] })
    if (!flags.ok) return refuseUsage(io, robots2policyCommand, flags.fault)
    const wish = wishOf(flags.value)
    if (!wish.ok) return refuseUsage(io, robots2policyCommand, wish.fault)
    const from = flags.value.positionals[0] ?? '-'
    const text = await readSource(from, { most: MOST_BYTES, stdin: () => process.stdin })
    if (!text.ok) return fail(io, robots2policyCommand, text.fault)
    const made = robotsRulesOf(parseRobots(text.value), wish.value)
    if (!made.ok) return fail(io, robots2policyCommand, `${from} ${made.fault}`)
    for (const note of made.value.notes) io.err(`${from}: ${note}\n`)
    if (made.value.rules.length === 0) return fail(io, robots2policyCommand, `${from} asks for nothing`)
    io.out(
      rulesText(
        made.value.rules,
        `what ${from === '-' ? 'robots.txt' : from} asks of crawlers.`,
        wish.value.format,
      ),
    )
    return 0
  },
}
