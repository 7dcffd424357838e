import { hash } from 'node:crypto'
import { readFileSync, realpathSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { OnEvent } from '../../base/event.ts'

/** Looks after the files of a configuration until it is disposed. */
export interface Watching extends Disposable {
  /** From now on these files, or none; call it after each reload, because imports come and go. */
  follow(wanted: boolean, files: readonly string[]): void
}

/** Editors write in several steps; what stands there so many milliseconds after the first counts. */
const SETTLE_TIME = 200

/** So many folders are watched at most, the first ones. */
const MOST_FOLDERS = 256

/** The folder that holds a file, and the one that holds what it links to. */
const foldersOf = (file: string): readonly string[] => {
  try {
    return [dirname(file), dirname(realpathSync(file))]
  } catch {
    return [dirname(file)]
  }
}

const contentOf = (file: string): string => {
  try {
    return hash('sha256', readFileSync(file), 'hex')
  } catch {
    // A file that is not there (yet) is content, too.
    return 'none'
  }
}

/**
 * Folders are watched rather than files, so that an editor that writes a new file and renames it is seen too.
 *
 * @param onChange Called when the content of a file is another than before; a mere touch is not told.
 */
export const createWatching = (parts: {
  readonly onChange: () => void
  readonly onEvent: OnEvent
}): Watching => {
  const watchers = new Map<string, FSWatcher>()
  let contents = new Map<string, string>()
  let names: ReadonlySet<string> = new Set()
  let timer: NodeJS.Timeout | undefined

  const look = (): void => {
    timer = undefined
    const now = new Map([...contents.keys()].map((file) => [file, contentOf(file)]))
    const isSame = [...now].every(([file, content]) => contents.get(file) === content)
    contents = now
    if (!isSame) parts.onChange()
  }
  const touched = (name: string | null): void => {
    // A mounted folder of links is swapped as a whole: `..data` is renamed, not the file.
    if (name !== null && !names.has(name) && !name.startsWith('..')) return
    timer ??= setTimeout(look, SETTLE_TIME)
  }
  const fail = (folder: string, cause: unknown): void =>
    parts.onEvent({ name: 'notice', level: 'warn', message: `${folder} cannot be watched`, cause })
  const open = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => touched(name))
      watcher.on('error', (cause) => {
        watchers.delete(folder)
        watcher.close()
        fail(folder, cause)
      })
      watchers.set(folder, watcher)
    } catch (cause) {
      fail(folder, cause)
    }
  }
  const watchFolders = (folders: ReadonlySet<string>): void => {
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) if (!watchers.has(folder)) open(folder)
  }

  return {
    follow(wanted, files) {
      const followed = wanted ? files : []
      names = new Set(followed.map((file) => basename(file)))
      watchFolders(new Set(followed.flatMap(foldersOf).slice(0, MOST_FOLDERS)))
      // What was known keeps what was last seen of it: it may have changed since it was loaded.
      contents = new Map(followed.map((file) => [file, contents.get(file) ?? contentOf(file)]))
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      watchFolders(new Set())
    },
  }
}
