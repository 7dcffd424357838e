import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, refuseUsage } from './outcome.ts'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the gateway',
  usage: `tollgate serve [--config FILE] [--upstream URL] [--listen ADDRESS]…

Runs the gateway until SIGTERM or SIGINT. Without a configuration and an upstream a small demo site stands behind it.

  --config FILE      configuration file
  --upstream URL     the protected server, instead of the file's
  --listen ADDRESS   where visitors connect, instead of the file's; may stand several times
`,
  async run(args, io) {
    const options = {
      config: { type: 'string' },
      upstream: { type: 'string' },
      listen: { type: 'string', multiple: true },
    } as const
    const flags = parseFlags(args, { options, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, serveCommand, flags.fault)
    return fail(io, serveCommand, 'is not built yet')
  },
}
