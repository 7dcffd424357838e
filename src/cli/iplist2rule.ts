import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { joinedCidrs } from './addresses/joined-cidrs.ts'
import { parseJson, parseLines } from './addresses/list.ts'
import type { AddressList } from './addresses/list.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import type { Flags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'
import type { WrittenRule } from './robots/rules.ts'
import { readSource } from './source.ts'
import { FORMATS, rulesText } from './written-rules.ts'
import type { Format } from './written-rules.ts'

const MOST_BYTES = 16_000_000
/** What `remote_addresses` of one rule takes. */
const MOST_RANGES = 100_000
const MOST_TOLD = 100
const ACTIONS = ['ALLOW', 'DENY', 'CHALLENGE', 'WEIGH'] as const
const NAME = /^[!-~](?:[ -~]{0,98}[!-~])?$/

const OPTIONS = {
  name: { type: 'string' },
  action: { type: 'string' },
  weight: { type: 'string' },
  format: { type: 'string' },
} as const

interface Wish {
  readonly rule: Omit<WrittenRule, 'remote_addresses'>
  readonly format: Format
}

const wishOf = (flags: Flags): Parsed<Wish> => {
  const name = flags.text('name')
  if (name === undefined) return bad('--name is missing')
  if (!NAME.test(name)) return bad('--name must have 1 to 100 printable ASCII characters')
  const action = ACTIONS.find((known) => known === (flags.text('action') ?? 'DENY').toUpperCase())
  if (action === undefined) return bad(`--action must be one of ${ACTIONS.join(', ')}`)
  const format = FORMATS.find((known) => known === (flags.text('format') ?? 'yaml'))
  if (format === undefined) return bad(`--format must be one of ${FORMATS.join(', ')}`)
  const weight = flags.text('weight')
  if (weight === undefined) return good({ rule: { name, action }, format })
  if (action !== 'WEIGH') return bad('--weight belongs to --action WEIGH')
  if (!/^-?\d{1,6}$/.test(weight)) return bad('--weight must be a whole number from -999999 to 999999')
  return good({ rule: { name, action, weight: { adjust: Number(weight) } }, format })
}

const parseList = (text: string): Parsed<AddressList> =>
  /^\s*[{[]/.test(text) ? parseJson(text) : good(parseLines(text))

const tellFaults = (from: string, faults: readonly string[], io: Io): void => {
  for (const fault of faults.slice(0, MOST_TOLD)) io.err(`${from}: ${fault}\n`)
  if (faults.length > MOST_TOLD) io.err(`${from}: ${faults.length - MOST_TOLD} more are no ranges\n`)
}

const cidrsOf = ({ ranges }: AddressList): Parsed<string[]> => {
  if (ranges.length === 0) return bad('has no address')
  const cidrs = joinedCidrs(ranges)
  return cidrs.length > MOST_RANGES ? bad(`has more than ${MOST_RANGES} ranges`) : good(cidrs)
}

export const iplist2ruleCommand: Command = {
  name: 'iplist2rule',
  summary: 'make a rule of a list of addresses',
  usage: `tollgate iplist2rule URL|FILE|- --name N [--action A] [--weight N] [--format F]

Reads addresses and ranges (16 MB at most) and prints a file with one rule for import into a policy. The list has one
entry a line, with # or ; before comments, or is a JSON document of any form, such as the prefixes that Google
publishes. The ranges come out sorted and joined, at most 100000 of them. What is no range is told on standard error
with its line and left out. Exit status: 0, or 1 when there is nothing left.

  --name N     name of the rule
  --action A   ALLOW, DENY (default), CHALLENGE or WEIGH
  --weight N   with WEIGH: what is added to the weight (default: 5)
  --format F   yaml (default) or json
`,
  async run(args, io) {
    const spec = { options: OPTIONS, positionals: [1, 1], called: 'the list' } as const
    const flags = parseFlags(args, spec)
    if (!flags.ok) return refuseUsage(io, iplist2ruleCommand, flags.fault)
    const wish = wishOf(flags.value)
    if (!wish.ok) return refuseUsage(io, iplist2ruleCommand, wish.fault)
    const from = flags.value.positionals[0] ?? '-'
    const text = await readSource(from, { most: MOST_BYTES, stdin: () => process.stdin })
    if (!text.ok) return fail(io, iplist2ruleCommand, text.fault)
    const list = parseList(text.value)
    if (!list.ok) return fail(io, iplist2ruleCommand, `${from} ${list.fault}`)
    tellFaults(from, list.value.faults, io)
    const cidrs = cidrsOf(list.value)
    if (!cidrs.ok) return fail(io, iplist2ruleCommand, `${from} ${cidrs.fault}`)
    const rule = { ...wish.value.rule, remote_addresses: cidrs.value }
    io.out(rulesText([rule], `addresses of ${from === '-' ? 'a list' : from}.`, wish.value.format))
    return 0
  },
}
