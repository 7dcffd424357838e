import { realpathSync } from 'node:fs'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { parseYaml } from './document.ts'
import type { TokenBudget, YamlText } from './document.ts'
import { decodeText, readRegularFile } from './read.ts'

const MOST_FILES = 1000
const MOST_BYTES = 16_000_000
const TOO_MUCH = `too much: all files together may have ${MOST_BYTES / 1e6} MB`

/** A file that was read: what it is called in faults, and where it is. */
export interface SourceFile {
  readonly shown: string
  /** Without symbolic links. */
  readonly path: string
  readonly yaml: YamlText
}

/** Reads each file of one configuration once, within bounds that hold for all of them together. */
export interface Sources {
  read(path: string, shown: string): Parsed<SourceFile>
  /** Every file that was read or tried, in that order. */
  paths(): readonly string[]
  /** What they are called in faults. */
  names(): readonly string[]
}

const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

export const createSources = (budget: TokenBudget): Sources => {
  const known = new Map<string, Parsed<SourceFile>>()
  const names: string[] = []
  let bytes = 0

  const fresh = (path: string, shown: string): Parsed<SourceFile> => {
    if (known.size >= MOST_FILES) return bad(`too many files: at most ${MOST_FILES} are read`)
    const read = bytes > MOST_BYTES ? bad(TOO_MUCH) : readRegularFile(path)
    if (!read.ok) return read
    bytes += read.value.length
    if (bytes > MOST_BYTES) return bad(TOO_MUCH)
    const text = decodeText(read.value)
    return text.ok ? good({ shown, path, yaml: parseYaml(shown, text.value, budget) }) : text
  }
  return {
    read(name, shown) {
      const path = realPath(name)
      const before = known.get(path)
      if (before !== undefined) return before
      const source = fresh(path, shown)
      known.set(path, source)
      names.push(shown)
      return source
    },
    paths: () => [...known.keys()],
    names: () => names,
  }
}
