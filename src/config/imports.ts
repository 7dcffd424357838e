import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize, relative } from 'node:path'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { filesMatching, isPattern } from './glob.ts'

const BUILT_IN = '(data)/'

/** A file to import: what it is called in faults, and where it is. */
export interface ImportedFile {
  readonly shown: string
  readonly path: string
}

/** Where an import stands. */
export interface ImportingFile {
  /** Name of the file as faults call it; it decides what the imported files are called. */
  readonly shown: string
  /** Where relative names start. */
  readonly folder: string
}

export interface ImportFolders {
  /** What `(data)/` stands for. */
  readonly builtin: string
  readonly cwd: string
}

const foundIn = (folder: string, name: string): Parsed<readonly string[]> => {
  if (isPattern(name)) return filesMatching(folder, name)
  const path = isAbsolute(name) ? normalize(name) : join(folder, name)
  return good(existsSync(path) ? [path] : [])
}

/** The name of a file below `folder`, told as one below what `shown` calls that folder. */
const shownBelow = (folder: string, shown: string, path: string): string =>
  join(shown, relative(folder, path)).replaceAll('\\', '/')

const builtInFiles = (name: string, { builtin }: ImportFolders): Parsed<readonly ImportedFile[]> => {
  const inner = name.slice(BUILT_IN.length)
  if (inner === '' || isAbsolute(inner) || inner.split('/').includes('..')) {
    return bad(`must name a file in ${BUILT_IN}`)
  }
  const found = foundIn(builtin, inner)
  if (!found.ok) return found
  if (found.value.length === 0)
    return bad('names no built-in rule set; the folder data/ of the package has them all')
  return good(found.value.map((path) => ({ path, shown: shownBelow(builtin, BUILT_IN, path) })))
}

const fileFolders = (from: ImportingFile, { cwd }: ImportFolders): { folder: string; shown: string }[] => [
  { folder: from.folder, shown: dirname(from.shown) },
  { folder: cwd, shown: '.' },
]

/** The files that the value of `import` names, in natural order: beside the importing file or, failing that, in `cwd`. */
export const importedFiles = (
  name: string,
  from: ImportingFile,
  folders: ImportFolders,
): Parsed<readonly ImportedFile[]> => {
  if (name === '' || name.length > 4096 || name.includes('\0')) return bad('must be the path of a file')
  if (name.startsWith(BUILT_IN)) return builtInFiles(name, folders)
  for (const { folder, shown } of fileFolders(from, folders)) {
    const found = foundIn(folder, name)
    if (!found.ok) return found
    if (found.value.length === 0) continue
    return good(
      found.value.map((path) => ({ path, shown: isAbsolute(name) ? path : shownBelow(folder, shown, path) })),
    )
  }
  const places = isAbsolute(name) ? '' : ' beside the importing file or in the working directory'
  return bad(isPattern(name) ? `matches no file${places}` : `names a file that does not exist${places}`)
}
