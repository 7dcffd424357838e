import { z } from 'zod'
import { ADMIN_FLAGS, ADMIN_USAGE, askAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'

const doneSchema = z.object({ id: z.string(), until: z.number() })
const faultSchema = z.object({ fault: z.string() })

/** A token has three parts with dots between them (RFC 7519), an id has none. */
const questionOf = (text: string) => (text.includes('.') ? { pass: text } : { id: text })

export const revokeCommand: Command = {
  name: 'revoke',
  summary: 'end a pass before its time',
  usage: `tollgate revoke PASS_OR_ID [--admin URL] [--token-file FILE]

Has a running gateway refuse a pass from now on: the token itself, with or without the name of its cookie before it, or
its id (jti). Whoever shows it is challenged again. Exit status: 0 when it is revoked, 1 otherwise.

${ADMIN_USAGE}`,
  async run(args, io) {
    const flags = parseFlags(args, {
      options: ADMIN_FLAGS,
      positionals: [1, 1],
      called: 'the pass or its id',
    })
    if (!flags.ok) return refuseUsage(io, revokeCommand, flags.fault)
    const body = questionOf(flags.value.positionals[0] ?? '')
    const reply = await askAdmin(flags.value, { method: 'POST', path: '/api/revoke', body })
    if (!reply.ok) return fail(io, revokeCommand, reply.fault)
    const done = doneSchema.safeParse(reply.value.json)
    if (reply.value.status === 200 && done.success) {
      io.out(`${done.data.id} is revoked until ${new Date(done.data.until).toISOString()}\n`)
      return 0
    }
    const fault = faultSchema.safeParse(reply.value.json)
    return fail(
      io,
      revokeCommand,
      fault.success ? fault.data.fault : `the gateway answered with status ${reply.value.status}`,
    )
  },
}
