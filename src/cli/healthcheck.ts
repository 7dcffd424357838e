import { request } from 'undici'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'

const DEFAULT_ADMIN = 'http://127.0.0.1:9090'
const PATIENCE_MS = 5000

const probe = async (url: URL): Promise<number> => {
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { connection: 'close' },
    reset: true,
  })
  await body.dump()
  return statusCode
}

export const healthcheckCommand: Command = {
  name: 'healthcheck',
  summary: 'ask a running gateway whether it is ready',
  usage: `tollgate healthcheck [--admin URL] [--live]

Asks the admin listener of a running gateway. Exit status: 0 when it is ready, 1 otherwise.

  --admin URL   the admin listener (default ${DEFAULT_ADMIN})
  --live        only ask whether the process is up (/healthz), not whether it is ready (/readyz)
`,
  async run(args, io) {
    const options = { admin: { type: 'string' }, live: { type: 'boolean' } } as const
    const flags = parseFlags(args, { options, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, healthcheckCommand, flags.fault)
    const admin = flags.value.text('admin') ?? DEFAULT_ADMIN
    const url = URL.parse(flags.value.has('live') ? '/healthz' : '/readyz', admin)
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return refuseUsage(io, healthcheckCommand, `--admin must be an http:// or https:// URL`)
    }
    try {
      const status = await probe(url)
      if (status === 200) return 0
      return fail(io, healthcheckCommand, `${url.href} answered with status ${status}`)
    } catch (error) {
      return fail(io, healthcheckCommand, `${url.href}: ${reasonOf(error)}`)
    }
  },
}
