import { z } from 'zod'
import { ADMIN_FLAGS, ADMIN_USAGE, askAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'

const recordSchema = z.object({
  time: z.number(),
  reference: z.string(),
  site: z.string(),
  action: z.enum(['challenge', 'deny', 'fault']),
  rule: z.string(),
  weight: z.number(),
  level: z.number(),
  observed: z.boolean(),
  code: z.string(),
  address: z.string(),
  method: z.string(),
  host: z.string(),
  target: z.string(),
  userAgent: z.string(),
})

type Found = z.output<typeof recordSchema>

const WHAT = { challenge: 'challenged', deny: 'refused', fault: 'answered with a fault' } as const

const outcomeOf = ({ action, observed }: Found): string =>
  observed ? `let through, but without mode: observe it would have been ${WHAT[action]}` : WHAT[action]

/** What a visitor sent is shown as JSON, so that nothing in it drives a terminal. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\uFFFD')

const rowsOf = (found: Found): readonly (readonly [string, string])[] => [
  ['reference', found.reference],
  ['time', new Date(found.time).toISOString()],
  ['outcome', outcomeOf(found)],
  ...(found.code === '' ? [] : [['fault', found.code] as const]),
  ...(found.rule === '' ? [] : [['rule', found.rule] as const]),
  ...(found.weight === 0 ? [] : [['weight', String(found.weight)] as const]),
  ...(found.level === 0 ? [] : [['level', String(found.level)] as const]),
  ['site', found.site],
  ['address', quoted(found.address)],
  ['request', quoted(`${found.method} ${found.target}`)],
  ['host', quoted(found.host)],
  ['user agent', quoted(found.userAgent)],
]

export const findCommand: Command = {
  name: 'find',
  summary: 'look up the reference that a visitor was shown',
  usage: `tollgate find REFERENCE [--admin URL] [--token-file FILE] [--json]

Asks a running gateway what became of a request by the reference on the page that its visitor saw. The last 8192
challenges, refusals and faults are remembered. Exit status: 0 when it is found, 1 otherwise.

${ADMIN_USAGE}  --json              print it as JSON
`,
  async run(args, io) {
    const options = { ...ADMIN_FLAGS, json: { type: 'boolean' } } as const
    const flags = parseFlags(args, { options, positionals: [1, 1], called: 'the reference' })
    if (!flags.ok) return refuseUsage(io, findCommand, flags.fault)
    const reference = flags.value.positionals[0] ?? ''
    const path = `/api/find?reference=${encodeURIComponent(reference)}`
    const reply = await askAdmin(flags.value, { method: 'GET', path })
    if (!reply.ok) return fail(io, findCommand, reply.fault)
    const { status, json } = reply.value
    if (status === 404) return fail(io, findCommand, `nothing is remembered of ${quoted(reference)}`)
    const found = recordSchema.safeParse(json)
    if (status !== 200 || !found.success)
      return fail(io, findCommand, `the gateway answered with status ${status}`)
    if (flags.value.has('json')) io.out(`${JSON.stringify(found.data)}\n`)
    else
      io.out(
        rowsOf(found.data)
          .map(([name, value]) => `${name.padEnd(10)}  ${value}\n`)
          .join(''),
      )
    return 0
  },
}
