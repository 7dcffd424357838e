/** The last good copy of a list on disk: one line of JSON, then the body as it came; its time is when it was current. */
import { hash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { MOST_BYTES } from './source.ts'
import type { Validators } from './source.ts'

const headSchema = z.object({
  source: z.string(),
  sha256: z.string(),
  etag: z.string().exactOptional(),
  lastModified: z.string().exactOptional(),
})

export interface CopyFile {
  /** Undefined when there is none, when it is damaged, or when it came from another source. */
  read(): Promise<{ body: Uint8Array; validators: Validators; fetchedAt: number } | undefined>
  /** All or nothing, also when the power fails. Rejects with the error of the file system. */
  write(body: Uint8Array, validators: Validators, fetchedAt: number): Promise<void>
  /** The copy is current still. */
  touch(fetchedAt: number): Promise<void>
}

export const digestOf = (body: Uint8Array): string => hash('sha256', body, 'hex')

const syncFolder = async (folder: string): Promise<void> => {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

const writeWhole = async (path: string, parts: readonly Uint8Array[], seconds: number): Promise<void> => {
  await using file = await open(path, 'wx', 0o640)
  for (const part of parts) await file.writeFile(part)
  await file.utimes(seconds, seconds)
  await file.sync()
}

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** @param source What the copy must have come from; never written as it is, because it may hold a password. */
export const createCopyFile = (folder: string, name: string, source: string): CopyFile => {
  const path = join(folder, `${name}.list`)
  const sourceDigest = hash('sha256', source, 'hex')
  return {
    async read() {
      const stats = await stat(path).catch(() => undefined)
      if (stats === undefined || !stats.isFile() || stats.size > MOST_BYTES + 10_000) return undefined
      const bytes = await readFile(path).catch(() => Buffer.alloc(0))
      const newline = bytes.indexOf(10)
      const head = headSchema.safeParse(parseJson(bytes.toString('utf8', 0, Math.max(0, newline))))
      if (!head.success) return undefined
      const { source: from, sha256, ...validators } = head.data
      const body = bytes.subarray(newline + 1)
      if (from !== sourceDigest || sha256 !== digestOf(body)) return undefined
      return { body, validators, fetchedAt: stats.mtimeMs }
    },
    async write(body, validators, fetchedAt) {
      await mkdir(folder, { recursive: true })
      const head = JSON.stringify({ source: sourceDigest, sha256: digestOf(body), ...validators })
      const temporary = join(folder, `.${name}.${randomUUID()}`)
      try {
        await writeWhole(temporary, [Buffer.from(`${head}\n`), body], fetchedAt / 1000)
        await rename(temporary, path)
        await syncFolder(folder)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    },
    touch: (fetchedAt) => utimes(path, fetchedAt / 1000, fetchedAt / 1000),
  }
}
