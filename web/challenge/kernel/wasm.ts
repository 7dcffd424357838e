/** The rounds as a WebAssembly module that tries four nonces at a time with SIMD128. */
import { CELLS } from './cells.ts'
import { SLOTS } from './prepare.ts'
import { type Machine, emitRounds } from './rounds.ts'

type Code = readonly (number | Code)[]

const V128 = 0x7b
const I32 = 0x7f

/** LEB128 of a small unsigned number. */
const leb = (n: number): Code => (n < 128 ? [n] : [(n & 127) | 128, leb(n >> 7)])
const flatten = (code: Code): number[] =>
  code.flatMap((part) => (typeof part === 'number' ? [part] : flatten(part)))
const section = (id: number, ...code: Code): Code => {
  const bytes = flatten(code)
  return [id, leb(bytes.length), bytes]
}
const simd = (op: number): Code => [0xfd, leb(op)]
const int = (n: number): Code => [0x41, n]
const cell = (index: number): Code => [int(0), simd(0), 4, leb(index * 16)]

// Locals: the parameters start, count and target, then the offset and the mask, then vectors by name.
const START = 0
const COUNT = 1
const TARGET = 2
const OFFSET = 3
const MASK = 4
const get = (index: number): Code => [0x20, index]
const set = (index: number): Code => [0x21, index]
const tee = (index: number): Code => [0x22, index]

const createMachine = (): Machine<Code> & { readonly code: Code[]; readonly locals: string[] } => {
  const code: Code[] = []
  const locals: string[] = []
  const indexOf = (local: string): number => {
    if (!locals.includes(local)) locals.push(local)
    return MASK + 1 + locals.indexOf(local)
  }
  return {
    code,
    locals,
    get: (local) => get(indexOf(local)),
    set: (local, value) => void code.push([value, set(indexOf(local))]),
    slot: (name) => cell(CELLS.slots + SLOTS.indexOf(name)),
    k: (round) => cell(CELLS.k + round),
    add: (x, y) => [x, y, simd(0xae)],
    xor: (x, y) => [x, y, simd(0x51)],
    shl: (x, bits) => [x, int(bits), simd(0xab)],
    shr: (x, bits) => [x, int(bits), simd(0xad)],
    select: (mask, x, y) => [x, y, mask, simd(0x52)],
  }
}

const emitSearch = (): Code => {
  const m = createMachine()
  m.set('n', m.add([get(START), simd(0x11)], cell(CELLS.iota)))
  m.set('target', [get(TARGET), simd(0x11)])
  m.code.push([0x03, 0x40]) // loop
  const score = m.add(emitRounds(m), cell(CELLS.iv))
  m.code.push(
    [score, m.get('target'), simd(0x3a), simd(0xa4), tee(MASK)], // score < target, one bit for each nonce
    [0x04, 0x40, get(OFFSET), get(MASK), 0x68, 0x6a, 0x0f, 0x0b], // if any: return offset + ctz(mask)
  )
  m.set('n', m.add(m.get('n'), cell(CELLS.four)))
  m.code.push([get(OFFSET), int(4), 0x6a, tee(OFFSET), get(COUNT), 0x49, 0x0d, 0, 0x0b]) // again while offset < count
  const body = flatten([2, 2, I32, leb(m.locals.length), V128, m.code, int(0x7f), 0x0b])
  return [leb(body.length), body]
}

/** The module's bytes: exports `m`, its memory, and `s(start, count, target)`, the search. Deterministic. */
export const emitModule = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    flatten([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, 1, 0x60, 3, I32, I32, I32, 1, I32),
      section(3, 1, 0),
      section(5, 1, 0, 1),
      section(7, 2, 1, 0x6d, 2, 0, 1, 0x73, 0, 0),
      section(10, 1, emitSearch()),
    ]),
  )
