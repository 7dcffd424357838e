import type { Who } from './rates.ts'

/** 64 bits: the first word chooses the bucket, the second one tells keys apart and is never 0. */
export interface Hash {
  bucket: number
  tag: number
}

export interface KeyHash {
  /** Undefined when there is no pass. The result is valid until the next call. */
  of(per: 'address' | 'pass', who: Who): Readonly<Hash> | undefined
  /** 32 bits. */
  ofText(text: string): number
}

const LONGEST_TEXT = 4096
const MAPPED = 0xffff

/**
 * HalfSipHash-1-3 with 64 bits of result (Aumasson and Bernstein, SipHash): without the seed nobody can make keys
 * meet, which a plain multiplicative hash does not promise.
 */
const sip = (seed: readonly [number, number], words: Int32Array, many: number, result: Hash): Hash => {
  let v0 = seed[0]
  let v1 = seed[1] ^ 0xee
  let v2 = 0x6c796765 ^ seed[0]
  let v3 = 0x74656462 ^ seed[1]
  // One round for each word, three to finish the first half of the result, three for the second.
  for (let turn = 0; turn < many + 6; turn++) {
    const word = turn < many ? words[turn]! : 0
    v3 ^= word
    if (turn === many) v2 ^= 0xee
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
    if (turn === many + 2) {
      result.bucket = (v1 ^ v3) >>> 0
      v1 ^= 0xdd
    }
  }
  result.tag = v1 ^ v3 || 1
  return result
}

export const createKeyHash = (seed: readonly [number, number]): KeyHash => {
  const result: Hash = { bucket: 0, tag: 0 }
  const words = new Int32Array(LONGEST_TEXT / 2 + 1)
  const ofLast: Hash = { bucket: 0, tag: 0 }
  let last: Who['address'] | undefined
  const ofText = (text: string): Hash => {
    const length = Math.min(text.length, LONGEST_TEXT)
    let many = 0
    for (let at = 0; at + 1 < length; at += 2) {
      words[many++] = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)
    }
    // The true length stands in the last word, so that a cut text and its beginning differ.
    words[many++] = ((length & 1) === 0 ? 0 : text.charCodeAt(length - 1)) | (text.length << 16)
    return sip(seed, words, many, result)
  }
  return {
    of(per, { address, pass }) {
      if (per === 'pass') return pass === undefined ? undefined : ofText(pass)
      // One request asks for its own address again and again.
      if (address === last) return ofLast
      last = address
      const { words: bits } = address
      const isV4 = bits[0] === 0 && bits[1] === 0 && bits[2] === MAPPED
      words[0] = isV4 ? MAPPED : bits[0]
      words[1] = isV4 ? bits[3] & 0xffffff00 : bits[1]
      words[2] = isV4 ? 4 : 6
      return sip(seed, words, 3, ofLast)
    },
    ofText: (text) => ofText(text).bucket,
  }
}
