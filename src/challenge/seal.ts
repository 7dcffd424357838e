import { createMac } from '../base/mac.ts'
import type { Terms } from './kind.ts'

/** All that a challenge is. It travels in the visitor's page; the seal makes it ours again when it comes back. */
export interface SealedChallenge {
  /** 16 random bytes; also the id of the pass that the challenge buys. */
  readonly id: Buffer
  /** Wall clock, milliseconds. */
  readonly issuedAt: number
  /** Wall clock, whole seconds. */
  readonly expires: number
  readonly level: number
  readonly kind: string
  readonly terms: Terms
  readonly site: string
  /** The host it was issued for; it buys a pass for no other. */
  readonly host: string
  readonly returnPath: string
}

export interface Sealed {
  /** What the visitor sends back, base64url. */
  readonly token: string
  /** 32 bytes that start every puzzle: the whole authenticator, which nobody can know before it is issued. */
  readonly seed: Buffer
}

const VERSION = 1
const MAC_BYTES = 16
const FIXED_BYTES = 1 + 16 + 6 + 4 + 1 + 1 + 4
const LONGEST_TEXT = [255, 255, 255, 4096] as const
const LONGEST = FIXED_BYTES + MAC_BYTES + LONGEST_TEXT.reduce((sum, bytes) => sum + bytes + 2, 0)

/** Longer tokens are not ours. */
export const LONGEST_TOKEN = Math.ceil((LONGEST * 4) / 3)

const writeText = (buffer: Buffer, at: number, text: string): number => {
  const bytes = buffer.write(text, at + 2, 'utf8')
  buffer.writeUInt16BE(bytes, at)
  return at + 2 + bytes
}

/** Every text with its length before it, so that no two challenges share a representation. */
const write = (buffer: Buffer, challenge: SealedChallenge): number => {
  buffer[0] = VERSION
  buffer.set(challenge.id, 1)
  buffer.writeUIntBE(challenge.issuedAt, 17, 6)
  buffer.writeUInt32BE(challenge.expires, 23)
  buffer[27] = challenge.level
  buffer[28] = challenge.terms.puzzles
  buffer.writeUInt32BE(challenge.terms.target, 29)
  let at = writeText(buffer, FIXED_BYTES, challenge.kind)
  at = writeText(buffer, at, challenge.site)
  at = writeText(buffer, at, challenge.host)
  return writeText(buffer, at, challenge.returnPath)
}

const readTexts = (buffer: Buffer, end: number): readonly string[] => {
  const texts: string[] = []
  for (let at = FIXED_BYTES; at < end; at += 2 + buffer.readUInt16BE(at))
    texts.push(buffer.toString('utf8', at + 2, at + 2 + buffer.readUInt16BE(at)))
  return texts
}

const read = (buffer: Buffer, end: number): SealedChallenge => {
  const [kind = '', site = '', host = '', returnPath = '/'] = readTexts(buffer, end)
  return {
    id: Buffer.from(buffer.subarray(1, 17)),
    issuedAt: buffer.readUIntBE(17, 6),
    expires: buffer.readUInt32BE(23),
    level: buffer[27]!,
    terms: { puzzles: buffer[28]!, target: buffer.readUInt32BE(29) },
    kind,
    site,
    host,
    returnPath,
  }
}

const sameBytes = (buffer: Buffer, at: number, text: string): boolean => {
  let difference = 0
  for (let i = 0; i < MAC_BYTES; i++) difference |= buffer[at + i]! ^ text.charCodeAt(i)
  return difference === 0
}

/** @param key 32 secret bytes, the same on every thread and every instance that shares visitors. */
export const createSeal = (parts: { readonly key: Buffer }) => {
  const scratch = Buffer.alloc(LONGEST)
  const mac = createMac(parts.key, LONGEST)
  return {
    seal(challenge: SealedChallenge): Sealed {
      const end = write(scratch, challenge)
      const tag = mac(scratch, end)
      scratch.write(tag, end, MAC_BYTES, 'latin1')
      return { token: scratch.toString('base64url', 0, end + MAC_BYTES), seed: Buffer.from(tag, 'latin1') }
    },
    /** Undefined unless the token is byte for byte one that `seal` made. */
    open(token: string): { readonly challenge: SealedChallenge; readonly seed: Buffer } | undefined {
      if (token.length > LONGEST_TOKEN) return undefined
      const bytes = scratch.write(token, 'base64url')
      const end = bytes - MAC_BYTES
      if (end < FIXED_BYTES || scratch[0] !== VERSION) return undefined
      const tag = mac(scratch, end)
      if (!sameBytes(scratch, end, tag)) return undefined
      if (scratch.toString('base64url', 0, bytes) !== token) return undefined
      return { seed: Buffer.from(tag, 'latin1'), challenge: read(scratch, end) }
    },
  }
}

export type Seal = ReturnType<typeof createSeal>
