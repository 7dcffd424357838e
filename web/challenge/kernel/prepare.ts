/** What does not depend on the nonce, worked out once per sub-puzzle and put into slots. */
import { IV, K } from './constants.ts'
import { PADDING } from './message.ts'

/** True for message-schedule words that do not depend on word 12, the nonce. */
export const isFixed = (t: number): boolean =>
  t < 12 || (t > 12 && t < 19) || t === 20 || t === 22 || t === 24

/** The four words that make schedule word t: σ1 of the first, the second, σ0 of the third, the fourth. */
export const sourcesOf = (t: number): readonly [number, number, number, number] => [
  t - 2,
  t - 7,
  t - 15,
  t - 16,
]

const fixedSources = (t: number): boolean => !isFixed(t) && sourcesOf(t).some((source) => isFixed(source))

const rounds = Array.from({ length: 61 }, (_, t) => t).slice(16)

/**
 * Names of the slots in order. `e12`, `a12`: new state of round 12 without its nonce. `h13`…: e of four rounds
 * ago + K + W. `x11`: a11 xor a10. `k16`…: K + W of a fixed word. `s19`…: the fixed part of a schedule word.
 */
export const SLOTS: readonly string[] = [
  'e12',
  'a12',
  'h13',
  'h14',
  'h15',
  'a9',
  'a10',
  'a11',
  'e10',
  'e11',
  'x11',
  ...rounds.filter(isFixed).map((t) => `k${t}`),
  ...rounds.filter(fixedSources).map((t) => `s${t}`),
]

const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))
const sigma0 = (x: number): number => rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
const sigma1 = (x: number): number => rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10)

/** The values of `SLOTS` for words 0 … 11 of a message. */
export const prepare = (words: Int32Array): Int32Array => {
  const w = [...words, 0, ...PADDING]
  const slots = new Map<string, number>()
  const at = (list: readonly number[], i: number): number => list[i] ?? 0
  for (const t of rounds) {
    const [p, q, r, s] = sourcesOf(t)
    const sum =
      (isFixed(p) ? sigma1(at(w, p)) : 0) +
      (isFixed(q) ? at(w, q) : 0) +
      (isFixed(r) ? sigma0(at(w, r)) : 0) +
      (isFixed(s) ? at(w, s) : 0)
    w[t] = sum | 0
    slots.set(`s${t}`, sum).set(`k${t}`, sum + at(K, t))
  }
  // a[t + 4] and e[t + 4] are the state after round t, so that the four words before round 0 have a place.
  const a = [3, 2, 1, 0].map((i) => at(IV, i))
  const e = [7, 6, 5, 4].map((i) => at(IV, i))
  const round = (t: number): void => {
    const x = at(e, t + 3)
    const y = at(a, t + 3)
    const t1 =
      at(e, t) +
      (rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25)) +
      ((x & at(e, t + 2)) ^ (~x & at(e, t + 1))) +
      at(K, t) +
      at(w, t)
    const majority = (y & at(a, t + 2)) ^ (y & at(a, t + 1)) ^ (at(a, t + 2) & at(a, t + 1))
    e.push((at(a, t) + t1) | 0)
    a.push((t1 + (rotr(y, 2) ^ rotr(y, 13) ^ rotr(y, 22)) + majority) | 0)
  }
  for (let t = 0; t < 13; t++) round(t)
  for (const t of [9, 10, 11, 12]) slots.set(`a${t}`, at(a, t + 4)).set(`e${t}`, at(e, t + 4))
  for (const t of [13, 14, 15]) slots.set(`h${t}`, at(e, t) + at(K, t) + at(w, t))
  slots.set('x11', at(a, 15) ^ at(a, 14))
  return Int32Array.from(SLOTS, (name) => slots.get(name) ?? 0)
}
