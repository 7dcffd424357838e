import type { OnEvent } from '../../base/event.ts'
import { faultText, type Fault } from '../../config/fault.ts'
import type { Config } from '../../config/schema.ts'
import { configDiff } from './config-diff.ts'
import { createLastWins } from './last-wins.ts'
import type { ReloadReport } from './reload-report.ts'
import { keepUntilRestart } from './restart-only.ts'

/** What a reload needs to know of a configuration that was read. */
export type Loaded = {
  /** The files that it was read from. */
  readonly sources: readonly string[]
} & (
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly Fault[] }
)

/** Reads the configuration once more. Called when it is this reload's turn, so that it sees the newest files. */
export type LoadAgain = () => Loaded | Promise<Loaded>

/** Puts another configuration in force; never rejects. Of those that come while one runs only the last is done. */
export type Reload = (load: LoadAgain) => Promise<ReloadReport>

/** More lines than these are not for a log. */
const MOST_TOLD = 200

const refused = (faults: readonly Fault[], warnings: readonly Fault[] = []): ReloadReport => ({
  ok: false,
  changes: [],
  needsRestart: [],
  faults,
  warnings,
})

const faultOf = (cause: unknown): Fault => ({
  file: 'configuration',
  line: 0,
  column: 0,
  message: cause instanceof Error ? cause.message : String(cause),
})

const summaryOf = ({ changes, needsRestart }: ReloadReport): string => {
  const changed = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`
  return needsRestart.length === 0 ? changed : `${changed}, ${needsRestart.length} need a restart`
}

/** @param parts.apply Puts a configuration in force, all of it or, when it rejects, nothing. */
export const createReloader = (parts: {
  readonly running: () => Config
  readonly apply: (next: Config) => Promise<void>
  readonly onEvent: OnEvent
}): Reload => {
  const attempt = async (load: LoadAgain): Promise<ReloadReport> => {
    const loaded = await load()
    if (!loaded.ok) return refused(loaded.faults)
    const running = parts.running()
    const { config, needsRestart } = keepUntilRestart(running, loaded.config)
    const changes = configDiff(running, config)
    await parts.apply(config)
    return { ok: true, changes, needsRestart, faults: [], warnings: loaded.warnings }
  }

  const tell = (report: ReloadReport): void => {
    const { ok, changes, needsRestart, faults, warnings } = report
    const notice = (level: 'info' | 'warn' | 'error', lines: readonly string[]): void => {
      for (const message of lines.slice(0, MOST_TOLD)) parts.onEvent({ name: 'notice', level, message })
    }
    notice('error', faults.map(faultText))
    notice('warn', warnings.map(faultText))
    notice('info', changes)
    notice(
      'warn',
      needsRestart.map((line) => `needs a restart: ${line}`),
    )
    const detail = ok
      ? summaryOf(report)
      : `nothing has changed: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`
    parts.onEvent({ name: 'reloaded', result: ok ? 'ok' : 'failed', detail })
  }

  return createLastWins(async (load: LoadAgain) => {
    const report = await attempt(load).catch((cause: unknown) => refused([faultOf(cause)]))
    tell(report)
    return report
  })
}
