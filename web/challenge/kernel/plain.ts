import { IV, K } from './constants.ts'
import type { Kernel } from './kernel.ts'
import { PADDING } from './message.ts'

const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

/** The textbook in few bytes, for the page itself when no worker runs. */
export const createPlainKernel = (): Kernel => {
  const w = new Int32Array(64)
  const k = Int32Array.from(K)
  const at = (t: number): number => w[t] ?? 0
  const score = (): number => {
    for (let t = 16; t < 64; t++) {
      const x = at(t - 15)
      const y = at(t - 2)
      w[t] =
        at(t - 16) +
        at(t - 7) +
        (rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)) +
        (rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10))
    }
    let [a, b, c, d, e, f, g, h] = IV as [number, number, number, number, number, number, number, number]
    for (let t = 0; t < 64; t++) {
      const t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + (k[t] ?? 0) + at(t)
      const t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)))
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    return (h + (IV[7] ?? 0)) >>> 0
  }
  return {
    name: 'plain',
    slice: 1024,
    load(words) {
      w.set(words)
      w.set(PADDING, 13)
    },
    search(start, count, target) {
      for (let i = 0; i < count; i++) {
        w[12] = start + i
        if (score() < target) return i
      }
      return -1
    },
  }
}
