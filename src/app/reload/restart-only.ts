import type { Config } from '../../config/schema.ts'
import { optionChanges } from './rule-diff.ts'

/** The next configuration with all that is bound, reserved or read once at the start of the process as it runs now. */
const merge = (running: Config, next: Config): Config => {
  const { lists_folder: _, ...rest } = next
  const { key_file: __, ...pass } = next.pass
  const { key_file } = running.pass
  return {
    ...rest,
    ...(running.lists_folder === undefined ? {} : { lists_folder: running.lists_folder }),
    listen: running.listen,
    workers: running.workers,
    base_path: running.base_path,
    admin: running.admin,
    store: { ...next.store, backend: running.store.backend, capacity: running.store.capacity },
    pass: key_file === undefined ? pass : { ...pass, key_file },
  }
}

/** The next configuration as far as it can be put in force, and what of it waits for a restart, in words. */
export const keepUntilRestart = (
  running: Config,
  next: Config,
): { readonly config: Config; readonly needsRestart: readonly string[] } => {
  const config = merge(running, next)
  const waiting = optionChanges([], { ...config }, { ...next })
  return { config, needsRestart: waiting.map(({ key, change }) => `${key}: ${change}`) }
}
