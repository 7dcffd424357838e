import type { Kernel } from './kernel.ts'

/** The part of `crypto.subtle` that is used. */
export interface Digester {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
}

/** Batched WebCrypto: the fastest where the browser compiles neither WebAssembly nor JavaScript. */
export const createSubtleKernel = (subtle: Digester): Kernel => {
  const slice = 64
  const messages = Array.from({ length: slice }, () => new DataView(new ArrayBuffer(52)))
  const scoreOf = async (message: DataView<ArrayBuffer>, nonce: number): Promise<number> => {
    message.setUint32(48, nonce)
    const digest = await subtle.digest('SHA-256', new Uint8Array(message.buffer))
    return new DataView(digest).getUint32(28)
  }
  return {
    name: 'subtle',
    slice,
    load(words) {
      for (const message of messages) words.forEach((word, i) => message.setInt32(4 * i, word))
    },
    async search(start, count, target) {
      for (let offset = 0; offset < count; offset += slice) {
        const batch = messages.slice(0, count - offset)
        const scores = await Promise.all(batch.map((message, i) => scoreOf(message, start + offset + i)))
        const found = scores.findIndex((score) => score < target)
        if (found >= 0) return offset + found
      }
      return -1
    },
  }
}
