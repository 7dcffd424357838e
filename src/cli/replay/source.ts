import { addAbortListener } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import { reasonOf } from '../outcome.ts'

/** A log that is being read. */
export interface Source {
  /** Bytes in all; undefined when that is not known before the end. */
  readonly size: number | undefined
  /** Bytes read so far, as they lie in the file. */
  read(): number
  /** What the log holds, unpacked when it is packed. Ends early, and tells why, when the rest cannot be read. */
  blocks(onFault: (why: string) => void): AsyncIterable<Buffer>
}

export interface SourceParts {
  /** `-` for standard input. */
  readonly name: string
  readonly stdin: Readable
  readonly signal: AbortSignal
}

const BLOCK = 65_536
/** What is unpacked at once: packed at most a thousandfold, so no more than 16 MB. */
const PACKED = 16_384

const isPacked = (block: Buffer): boolean => block[0] === 0x1f && block[1] === 0x8b

/** A gunzip that hands out what it has, and keeps what went wrong. */
const createUnpacker = () => {
  const gunzip = createGunzip()
  let blocks: Buffer[] = []
  let fault: Error | undefined
  gunzip.on('data', (block: Buffer) => blocks.push(block))
  gunzip.on('error', (error) => (fault = error))
  // A gunzip that fails closes, and forgets whom it owes an answer.
  const doneOrClosed = (start: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        gunzip.off('close', done)
        resolve()
      }
      gunzip.once('close', done)
      start(done)
    })
  return {
    fault: (): Error | undefined => fault,
    taken(): readonly Buffer[] {
      const some = blocks
      blocks = []
      return some
    },
    write: (block: Buffer): Promise<void> => doneOrClosed((done) => void gunzip.write(block, () => done())),
    end: (): Promise<void> => doneOrClosed(() => void gunzip.end()),
    [Symbol.dispose]: () => void gunzip.destroy(),
  }
}

/** Every byte that can be unpacked is handed on, also of a file whose end is missing. */
async function* unpacked(
  packed: AsyncIterable<Buffer>,
  onFault: (why: string) => void,
): AsyncIterable<Buffer> {
  using unpacker = createUnpacker()
  for await (const block of packed) {
    for (let at = 0; at < block.length; at += PACKED) {
      await unpacker.write(block.subarray(at, at + PACKED))
      yield* unpacker.taken()
      if (unpacker.fault() !== undefined) break
    }
    if (unpacker.fault() !== undefined) break
  }
  if (unpacker.fault() === undefined) await unpacker.end()
  yield* unpacker.taken()
  const fault = unpacker.fault()
  if (fault !== undefined) onFault(`the packed data end badly: ${fault.message}`)
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield first
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** At least two bytes, if there are as many: those by which packed data are known. */
const firstOf = async (blocks: AsyncIterator<Buffer>): Promise<Buffer> => {
  let first: Buffer = Buffer.alloc(0)
  while (first.length < 2) {
    const next = await blocks.next()
    if (next.done === true) break
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value])
  }
  return first
}

const sizeOf = async (name: string): Promise<Parsed<number | undefined>> => {
  if (name === '-') return good(undefined)
  try {
    const found = await stat(name)
    if (found.isDirectory()) return bad('is a directory')
    return good(found.isFile() ? found.size : undefined)
  } catch (error) {
    return bad(reasonOf(error))
  }
}

/** Packed data (gzip) are known by their first bytes, whatever the name. */
export const openSource = async ({ name, stdin, signal }: SourceParts): Promise<Parsed<Source>> => {
  const size = await sizeOf(name)
  if (!size.ok) return size
  let read = 0
  async function* counted(): AsyncGenerator<Buffer, void> {
    const raw: Readable = name === '-' ? stdin : createReadStream(name, { highWaterMark: BLOCK })
    // Whoever writes into a pipe may take long to write more.
    using _ = addAbortListener(signal, () => raw.destroy())
    for await (const block of raw as AsyncIterable<Buffer | string>) {
      const bytes = typeof block === 'string' ? Buffer.from(block) : block
      read += bytes.length
      yield bytes
      if (signal.aborted) return
    }
  }
  return good({
    size: size.value,
    read: () => read,
    async *blocks(onFault) {
      const raw = counted()
      try {
        const first = await firstOf(raw)
        const all = startingWith(first, raw)
        yield* isPacked(first) ? unpacked(all, onFault) : all
      } catch (error) {
        if (!signal.aborted) onFault(reasonOf(error))
      }
    },
  })
}
