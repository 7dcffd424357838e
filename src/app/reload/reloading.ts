import type { OnEvent } from '../../base/event.ts'
import type { Config } from '../../config/schema.ts'
import { createWatching } from './config-watch.ts'
import type { ReloadReport } from './reload-report.ts'
import { createReloader, type Loaded } from './reloader.ts'

/** Where the configuration came from. */
export interface ConfigSource {
  /** The files that were read, for the watch. */
  readonly files: readonly string[]
  /** Reads it again. */
  readonly load: () => Loaded | Promise<Loaded>
}

/** Reloads on demand and, where the configuration asks for it, when one of its files is another. */
export interface Reloading extends Disposable {
  /** Puts a configuration in force; without one the source is read again. Never rejects. */
  reload(config?: Config): Promise<ReloadReport>
}

const unchanged = (config: Config): Loaded => ({ ok: true, config, warnings: [], sources: [] })

/**
 * @param parts.source Absent: a reload without a configuration changes nothing.
 * @param parts.apply Puts a configuration in force, all of it or, when it rejects, nothing.
 */
export const createReloading = (parts: {
  readonly source: ConfigSource | undefined
  readonly running: () => Config
  readonly apply: (next: Config) => Promise<void>
  readonly onEvent: OnEvent
}): Reloading => {
  const { source, running, onEvent } = parts
  const reloader = createReloader(parts)
  const watching = createWatching({ onChange: () => void reload(), onEvent })
  let files = source?.files ?? []
  const load = async (): Promise<Loaded> => {
    const loaded = (await source?.load()) ?? unchanged(running())
    files = loaded.sources
    return loaded
  }
  const reload: Reloading['reload'] = async (config) => {
    const report = await reloader(config === undefined ? load : () => unchanged(config))
    watching.follow(running().reload.watch, files)
    return report
  }
  watching.follow(running().reload.watch, files)
  return { reload, [Symbol.dispose]: () => watching[Symbol.dispose]() }
}
