import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { faultText } from '../config/fault.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Command, Io } from './command.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'
import { MOST_SAMPLES, parseAsked } from './replay/asked.ts'
import type { Asked } from './replay/asked.ts'
import { createLoneSenses } from './explain/senses.ts'
import { createJudging } from './replay/judging.ts'
import type { Judging } from './replay/judging.ts'
import { keepHeapLean } from './replay/lean-heap.ts'
import { createProgress } from './replay/progress.ts'
import { reportText } from './replay/report-text.ts'
import { reportOf } from './replay/report.ts'
import { createReplay } from './replay/run.ts'
import type { LogRead, Replay } from './replay/run.ts'
import { openSource } from './replay/source.ts'
import type { Source } from './replay/source.ts'

const TOP = 10
/** Verdicts that wait for the DNS at once. */
const WAITING = 64

const configOf = (file: string, { quiet }: Asked, io: Io): Config | undefined => {
  const loaded = loadConfig({ file, env: io.env })
  const told = loaded.ok ? (quiet ? [] : loaded.warnings) : loaded.faults
  for (const { message, ...place } of told)
    io.err(`${faultText({ ...place, message: `${loaded.ok ? 'warning: ' : ''}${message}` })}\n`)
  return loaded.ok ? loaded.config : undefined
}

/** Interrupted once, the command stops and tells what it has; interrupted again, the process ends. */
const createInterruption = () => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  return { signal: controller.signal, [Symbol.dispose]: () => void process.off('SIGINT', stop) }
}

interface Reading {
  readonly asked: Asked
  readonly replay: Replay
  readonly signal: AbortSignal
  readonly onSource: (source: Source) => void
}

const readAll = async ({ asked, replay, signal, onSource }: Reading): Promise<Parsed<LogRead[]>> => {
  const logs: LogRead[] = []
  for (const name of asked.logs) {
    const source = await openSource({ name, stdin: process.stdin, signal })
    if (!source.ok) return bad(`${name}: ${source.fault}`)
    onSource(source.value)
    logs.push(await replay.log(name === '-' ? 'standard input' : name, source.value))
    if (signal.aborted) break
  }
  return good(logs)
}

interface Judgings extends AsyncDisposable {
  readonly first: Judging
  readonly second: Judging | undefined
}

/** @throws when a database of a configuration cannot be read. */
const judgingsOf = async ({ dns }: Asked, config: Config, other: Config | undefined): Promise<Judgings> => {
  await using opened = new AsyncDisposableStack()
  const of = async (from: Config): Promise<Judging> =>
    createJudging({ config: from, lone: opened.use(await createLoneSenses(from, dns)), asksDns: dns })
  const first = await of(config)
  const second = other && (await of(other))
  const everything = opened.move()
  return { first, second, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

const run = async (asked: Asked, config: Config, other: Config | undefined, io: Io): Promise<number> => {
  keepHeapLean()
  await using judgings = await judgingsOf(asked, config, other)
  using interruption = createInterruption()
  const { signal } = interruption
  const started = performance.now()
  const elapsed = (): number => performance.now() - started
  const progress = io.terminal && !asked.quiet ? createProgress(io.err, elapsed) : undefined
  let source: Source | undefined
  const onProgress = (lines: number): void => {
    if (source) progress?.show({ read: source.read(), size: source.size, lines, milliseconds: elapsed() })
  }
  const waiting = asked.dns ? WAITING : 1
  const { first, second } = judgings
  const replay = createReplay({
    ...asked,
    first,
    second,
    waiting,
    signal,
    onProgress,
  })
  const logs = await readAll({ asked, replay, signal, onSource: (next) => (source = next) })
  progress?.clear()
  if (!logs.ok) return fail(io, replayCommand, logs.fault)
  const report = reportOf({
    first: { file: asked.config, mode: config.mode },
    second: other && { file: asked.against ?? '', mode: other.mode },
    logs: logs.value,
    outcome: replay.outcome(TOP),
    interrupted: signal.aborted,
    lookups: asked.dns,
    milliseconds: elapsed(),
    maxRss: process.resourceUsage().maxRSS * 1024,
  })
  io.out(asked.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
  return 0
}

export const replayCommand: Command = {
  name: 'replay',
  summary: 'run an access log through the rules and tell what would become of it',
  usage: `tollgate replay --config FILE [--against FILE] [FLAGS] LOG…

Judges every request of an access log by the rules of a configuration and counts what would become of it: shares by
action and rule, what is challenged and refused most, how much of that looks like people. With --against it tells what
a second configuration would do differently, with samples. Nobody is taken to have a pass. Rates run on the log's own
clock. Logs may be packed (gzip); - is standard input. Exit status: 0, or 1 when a file cannot be used.

  --config FILE    the configuration
  --against FILE   another one, to compare
  --format NAME    common, combined (both also with the host in front), json (nginx, Caddy, Traefik, the gateway's
                   own log), or auto: as the first lines of each log look (default)
  --assume-headers browser|none
                   what a line without headers (common, combined, JSON with no object of headers) says of a
                   browser: it sent those that its kind and version sends (default), or none. What the log
                   holds is never replaced
  --host NAME      host of requests for which the log has none
  --limit N        read N lines
  --samples N      requests shown for each kind of change, at most ${MOST_SAMPLES} (default 5)
  --dns            look up names and block lists; without it nobody is known by name
  --quiet          no progress bar, and no warnings about the configuration
  --json           print the report as JSON
`,
  async run(args, io) {
    const asked = parseAsked(args)
    if (!asked.ok) return refuseUsage(io, replayCommand, asked.fault)
    const { config: file, against } = asked.value
    const config = configOf(file, asked.value, io)
    const other = against === undefined ? undefined : configOf(against, asked.value, io)
    if (config === undefined || (against !== undefined && other === undefined)) return 1
    try {
      return await run(asked.value, config, other, io)
    } catch (cause) {
      return fail(io, replayCommand, reasonOf(cause))
    }
  },
}
