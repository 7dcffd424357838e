import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'

const MOST_BYTES = 10_000_000

const OPEN_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of its path is not a directory',
  EACCES: 'may not be read (permission denied)',
  EISDIR: 'is a directory, not a file',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
}

const readWhole = (descriptor: number): Parsed<Buffer> => {
  const info = fstatSync(descriptor)
  if (info.isDirectory()) return bad('is a directory, not a file')
  if (!info.isFile()) return bad('is not a regular file')
  const bytes = Buffer.allocUnsafe(Math.min(info.size, MOST_BYTES) + 1)
  let length = 0
  for (let got = -1; got !== 0 && length < bytes.length; length += got) {
    got = readSync(descriptor, bytes, length, bytes.length - length, null)
  }
  if (length > MOST_BYTES) return bad('is larger than 10 MB')
  return length === bytes.length ? bad('changed while it was read') : good(bytes.subarray(0, length))
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown fault'

/** The bytes of a regular file of at most 10 MB; never waits for a pipe or a device. */
export const readRegularFile = (file: string): Parsed<Buffer> => {
  if (file === '' || file.includes('\0')) return bad('is not the name of a file')
  let descriptor: number | undefined
  try {
    // O_NONBLOCK: opening a named pipe without a writer would otherwise wait for one.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    return readWhole(descriptor)
  } catch (error) {
    const code = codeOf(error)
    return bad(OPEN_FAULTS[code] ?? `could not be read (${code})`)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** UTF-8 as text; a byte-order mark is dropped. */
export const decodeText = (bytes: Uint8Array): Parsed<string> => {
  try {
    return good(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return bad('is not UTF-8 text')
  }
}
