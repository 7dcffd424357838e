import { hash } from 'node:crypto'

const BLOCK = 64

const padded = (key: Buffer, byte: number): Buffer => {
  const pad = Buffer.alloc(BLOCK, byte)
  for (let i = 0; i < key.length; i++) pad[i] = key[i]! ^ byte
  return pad
}

/** HMAC-SHA-256 (RFC 2104) of `message[0..length)`, as a 32-character latin1 string. */
export type Mac = (message: Uint8Array, length: number) => string

/**
 * A keyed one-shot over two plain hashes: less than half the cost of an HMAC object per message (measured 2.2 µs
 * against 5.2 µs for 300 bytes).
 *
 * @param key 32 bytes.
 * @param longest The longest message in bytes.
 */
export const createMac = (key: Buffer, longest: number): Mac => {
  if (key.length > BLOCK) throw new RangeError('an HMAC key longer than its block must be hashed first')
  const inner = Buffer.concat([padded(key, 0x36), Buffer.alloc(longest)])
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(32)])
  return (message, length) => {
    inner.set(length === message.length ? message : message.subarray(0, length), BLOCK)
    outer.write(hash('sha256', inner.subarray(0, BLOCK + length), 'latin1'), BLOCK, 32, 'latin1')
    return hash('sha256', outer, 'latin1')
  }
}
