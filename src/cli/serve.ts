import type { ListenAddress } from '../base/endpoint.ts'
import type { Tollgate } from '../app/tollgate.ts'
import { readVersion } from '../app/version.ts'
import { faultText } from '../config/fault.ts'
import type { Fault } from '../config/fault.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig, LoadedGood } from '../config/load.ts'
import { testsOf } from './check/tests.ts'
import type { Command, Io } from './command.ts'
import { parseFlags } from './flags.ts'
import { ANUBIS, fail, reasonOf, refuseUsage } from './outcome.ts'

const urlOf = (address: ListenAddress): string => {
  if (address.kind === 'unix') return `unix:${address.path}`
  const host = address.host.includes(':') ? `[${address.host}]` : address.host || '0.0.0.0'
  return `http://${host}:${address.port}`
}

const greet = (tollgate: Tollgate, io: Io): void => {
  const behind = tollgate.demo ? '   (a demo site stands behind it)' : ''
  const lines = [
    `tollgate ${readVersion()}`,
    ...tollgate.addresses.map((address) => `  site   ${urlOf(address)}${behind}`),
    `  admin  ${tollgate.admin ?? 'off'}${tollgate.admin ? '   (dashboard, metrics)' : ''}`,
  ]
  io.out(`${lines.join('\n')}\n`)
}

/** Milliseconds: a package manager passes on the signal that the terminal has sent already. */
const ONE_KEYSTROKE = 200

/** Reloads are told in the log; what stops one is told here as well, where the operator may be looking. */
const reloadBySignal = async (tollgate: Tollgate, io: Io): Promise<void> => {
  const { faults } = await tollgate.reload()
  for (const fault of faults) io.err(`${faultText(fault)}\n`)
}

/** A policy whose own tests fail is a bad one: it does not take the place of one that runs. */
const tested = async (loaded: LoadedConfig): Promise<LoadedConfig> => {
  if (!loaded.ok) return loaded
  const faults = (await testsOf(loaded)).flatMap(({ fault }) => fault ?? [])
  return faults.length === 0 ? loaded : { ok: false, faults, sources: loaded.sources }
}

const warn = (fault: Fault, io: Io): void => io.err(`warning: ${faultText(fault)}\n`)

/** What is odd about a good configuration. At the start nothing runs that a failing test could leave in force. */
const warnOf = async (loaded: LoadedGood, io: Io): Promise<void> => {
  if (loaded.anubis) io.err(`${ANUBIS}\n`)
  for (const warning of loaded.warnings) warn(warning, io)
  for (const { fault } of await testsOf(loaded)) if (fault !== undefined) warn(fault, io)
}

/** A SIGHUP during the start must not end the process; it is heard when there is something to reload. */
const hearEarlyHangup = () => {
  let heard = false
  const hear = (): void => void (heard = true)
  process.on('SIGHUP', hear)
  return { heard: () => heard, [Symbol.dispose]: () => void process.off('SIGHUP', hear) }
}

/** Resolves with the exit status: 0 after a clean stop, 1 when the operator would not wait for it. */
const untilStopped = (tollgate: Tollgate, io: Io): Promise<number> =>
  new Promise((resolve) => {
    let asked: number | undefined
    const stop = (): void => {
      if (asked !== undefined) {
        if (performance.now() - asked > ONE_KEYSTROKE) process.exit(1)
        return
      }
      asked = performance.now()
      tollgate.drain().then(
        () => resolve(0),
        (cause: unknown) => resolve(fail(io, serveCommand, reasonOf(cause))),
      )
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    process.on('SIGUSR2', () => tollgate.reopenLogs())
    process.on('SIGHUP', () => void reloadBySignal(tollgate, io))
  })

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the gateway',
  usage: `tollgate serve [--config FILE] [--upstream URL] [--listen ADDRESS]…

Runs the gateway until SIGTERM or SIGINT. Without a configuration and an upstream a small demo site stands behind it.
SIGHUP reads the configuration again (a bad one, or one whose tests fail, changes nothing), SIGUSR2 reopens log files.

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
    const { text, texts } = flags.value
    const file = text('config')
    const upstream = text('upstream')
    const load = () =>
      loadConfig({
        ...(file === undefined ? {} : { file }),
        flags: {
          ...(upstream === undefined ? {} : { upstream }),
          ...(texts('listen').length === 0 ? {} : { listen: texts('listen') }),
        },
        env: io.env,
      })
    const loaded = load()
    if (!loaded.ok) {
      for (const fault of loaded.faults) io.err(`${faultText(fault)}\n`)
      return 1
    }
    await warnOf(loaded, io)
    using hangup = hearEarlyHangup()
    try {
      // Only this command needs the whole house; the others start faster without it.
      const { createTollgate } = await import('../app/tollgate.ts')
      const tollgate = await createTollgate(loaded.config, {
        files: loaded.sources,
        load: () => tested(load()),
      })
      greet(tollgate, io)
      if (hangup.heard()) void reloadBySignal(tollgate, io)
      return await untilStopped(tollgate, io)
    } catch (cause) {
      return fail(io, serveCommand, reasonOf(cause))
    }
  },
}
