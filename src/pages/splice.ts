/**
 * A gzip member (RFC 1952) whose fixed parts were compressed once: the head's blocks, ended at a byte boundary by
 * a sync flush, then *stored* blocks (RFC 1951 §3.2.4) with what changes, then the tail's blocks. All strings here
 * have one character for each byte.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib'

const GZIP_HEAD = '\x1f\x8b\x08\0\0\0\0\0\x02\xff'
const LONGEST_BLOCK = 65_535

const uint16 = (n: number): string => String.fromCharCode(n & 255, n >>> 8)
const uint32 = (n: number): string => uint16(n & 65_535) + uint16(n >>> 16)

const storedBlock = (bytes: string): string =>
  `\0${uint16(bytes.length)}${uint16(~bytes.length & 65_535)}${bytes}`

const stored = (bytes: string): string => {
  if (bytes.length <= LONGEST_BLOCK) return storedBlock(bytes)
  return storedBlock(bytes.slice(0, LONGEST_BLOCK)) + stored(bytes.slice(LONGEST_BLOCK))
}

const crcOf = (bytes: string, previous: number): number =>
  // ASCII is the same in UTF-8, which spares a copy; the check is cheaper than the copy.
  crc32(isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1'), previous)
const isAscii = (bytes: string): boolean => !/[\x80-\xff]/.test(bytes)

const deflated = (bytes: string, finishFlush: number): string =>
  deflateRawSync(Buffer.from(bytes, 'latin1'), { level: 9, finishFlush }).toString('latin1')

/** Gives the gzip of head + middle + tail for any middle, compressing nothing any more. */
export const createSplice = (head: string, tail: string): ((middle: string) => string) => {
  const before = GZIP_HEAD + deflated(head, constants.Z_SYNC_FLUSH)
  const after = deflated(tail, constants.Z_FINISH)
  const headCrc = crc32(Buffer.from(head, 'latin1'))
  const fixedLength = head.length + tail.length
  return (middle) =>
    before +
    stored(middle) +
    after +
    uint32(crcOf(middle + tail, headCrc)) +
    uint32(fixedLength + middle.length)
}
