import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadParts } from '../../src/config/load.ts'

/** A folder of its own with these files. */
export const createFolder = (files: Readonly<Record<string, string>>) => {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-config-'))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    path,
    write,
    load: (name: string, parts: Partial<LoadParts> = {}) =>
      loadConfig({ file: join(path, name), env: {}, cwd: '/nonexistent', ...parts }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}

export type Folder = ReturnType<typeof createFolder>

/** What was told, with file names as they are below the folder. */
export const toldBy = (loaded: ReturnType<typeof loadConfig>, folder: string): string[] =>
  (loaded.ok ? loaded.warnings : loaded.faults).map(({ file, line, column, message }) =>
    `${file}:${line}:${column} ${message}`.replaceAll(`${folder}/`, ''),
  )
