/**
 * SHA-256 of one block, written once for every machine that can run it, specialised for a message of which
 * only word 12 changes and of whose digest only the last word is wanted: rounds 0 … 11 and 61 … 63 and every
 * fixed part of the schedule fall away.
 */
import { isFixed, sourcesOf } from './prepare.ts'

/** What the rounds are written for: `E` is an expression. Names stand for local variables. */
export interface Machine<E> {
  get(local: string): E
  set(local: string, value: E): void
  /** A value of `SLOTS`. */
  slot(name: string): E
  /** SHA-256's constant of a round. */
  k(round: number): E
  add(x: E, y: E): E
  xor(x: E, y: E): E
  shl(x: E, bits: number): E
  shr(x: E, bits: number): E
  /** Bits of `x` where `mask` is 1, of `y` where it is 0. */
  select(mask: E, x: E, y: E): E
}

/** Emits the rounds; the nonce is in local `n`, and what is returned is e of round 60 = last word − IV[7]. */
export const emitRounds = <E>(m: Machine<E>): E => {
  const sum = (...terms: readonly E[]): E => terms.reduce((x, y) => m.add(x, y))
  const rotr = (local: string, n: number): E => m.xor(m.shr(m.get(local), n), m.shl(m.get(local), 32 - n))
  const sigma = (local: string, p: number, q: number, last: E): E =>
    m.xor(m.xor(rotr(local, p), rotr(local, q)), last)
  const name = (letter: string, t: number): string => letter + (t & (letter === 'w' ? 15 : 3))
  // Before round 12 the state is fixed and comes from slots.
  const state = (letter: string, t: number): E => (t < 12 ? m.slot(letter + t) : m.get(name(letter, t)))
  const word = (t: number): E => (t === 12 ? m.get('n') : m.get(name('w', t)))

  const schedule = (t: number): void => {
    const [p, q, r, s] = sourcesOf(t)
    const low = (source: number, a: number, b: number, shift: number): E => {
      const local = source === 12 ? 'n' : name('w', source)
      return sigma(local, a, b, m.shr(m.get(local), shift))
    }
    const terms = [
      ...(isFixed(p) ? [] : [low(p, 17, 19, 10)]),
      ...(isFixed(q) ? [] : [word(q)]),
      ...(isFixed(r) ? [] : [low(r, 7, 18, 3)]),
      ...(isFixed(s) ? [] : [word(s)]),
      ...([p, q, r, s].some(isFixed) ? [m.slot(`s${t}`)] : []),
    ]
    m.set(name('w', t), sum(...terms))
  }

  const keyed = (t: number): readonly E[] => {
    if (t < 16) return [m.slot(`h${t}`)]
    if (isFixed(t)) return [state('e', t - 4), m.slot(`k${t}`)]
    return [state('e', t - 4), word(t), m.k(t)]
  }

  m.set('e0', m.add(m.get('n'), m.slot('e12')))
  m.set('a0', m.add(m.get('n'), m.slot('a12')))
  m.set('x', m.slot('x11'))
  for (let t = 13; t < 61; t++) {
    if (t > 15 && !isFixed(t)) schedule(t)
    const e = name('e', t - 1)
    const a = name('a', t - 1)
    const choice = m.select(m.get(e), state('e', t - 2), state('e', t - 3))
    m.set('t', sum(...keyed(t), choice, sigma(e, 6, 11, rotr(e, 25))))
    m.set(name('e', t), m.add(state('a', t - 4), m.get('t')))
    if (t < 57) {
      // Where the two before differ, the newest decides the majority.
      const majority = m.select(m.get('x'), m.get(a), state('a', t - 2))
      m.set(name('a', t), sum(m.get('t'), majority, sigma(a, 2, 13, rotr(a, 22))))
      m.set('x', m.xor(m.get(a), state('a', t - 2)))
    }
  }
  return m.get(name('e', 60))
}
