import type * as crypto from 'node:crypto'
import { createHash, hash } from 'node:crypto'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createKinds, KIND_NAMES } from '../../src/challenge/kinds.ts'
import { createPow } from '../../src/challenge/kinds/pow.ts'
import { examineKind } from '../contracts/challenge-kind.ts'
import { scoreOf, solve, solveBadly } from './solve.ts'

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>()
  return { ...real, hash: vi.fn<typeof hash>(real.hash) }
})
const hashes = vi.mocked(hash)
beforeEach(() => void hashes.mockClear())

const EXAMS = new Map([
  [
    'pow',
    {
      field: 'nonces',
      solve: (seed: Buffer, terms: { puzzles: number; target: number }) => ({
        nonces: solve({ seed, ...terms }),
      }),
      miss: (seed: Buffer, terms: { puzzles: number; target: number }) => ({
        nonces: solveBadly({ seed, ...terms }),
      }),
    },
  ],
])

test('every kind has its exam', () => {
  expect([...EXAMS.keys()]).toEqual(KIND_NAMES)
})

for (const [name, parts] of EXAMS)
  examineKind(() => ({ ...parts, kind: createKinds().find((kind) => kind.name === name)! }))

const pow = createPow()
const SEED = createHash('sha256').update('a seed').digest()
const judge = (puzzles: number, target: number, answer: Record<string, unknown>) =>
  pow.judge(SEED, { puzzles, target }, new Map(Object.entries(answer)))

describe('the layout of the message', () => {
  test('is domain, seed, sub-puzzle, lane and nonce in one block, and the score the last word', () => {
    const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
    const message = `${Buffer.from('tollgat1').toString('hex')}${seed.toString('hex')}00000003000000ff89abcdef`
    expect(message).toHaveLength(104)
    const digest = createHash('sha256').update(Buffer.from(message, 'hex')).digest('hex')
    const score = Number.parseInt(digest.slice(-8), 16)
    expect(scoreOf(seed, 3, 255, 0x89abcdef)).toBe(score)
    const at = (target: number) =>
      pow.judge(
        seed,
        { puzzles: 4, target },
        new Map(Object.entries({ nonces: [0, 0, 0, 0x89abcdef], lanes: [0, 0, 0, 255] })),
      )
    const others = Math.max(...[0, 1, 2].map((i) => scoreOf(seed, i, 0, 0)))
    expect(score).toBeLessThan(2 ** 32)
    expect(at(Math.max(score, others) + 1)).toBe('solved')
    expect(at(Math.max(score, others))).toBe('wrong')
  })

  test('is the same here and there for any seed, sub-puzzle, lane and nonce', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 0, max: 63 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (bytes, last, lane, nonce) => {
          const seed = Buffer.from(bytes)
          const nonces = [...Array<number>(last).fill(0), nonce]
          const lanes = [...Array<number>(last).fill(0), lane]
          const scores = nonces.map((each, i) => scoreOf(seed, i, lanes[i]!, each))
          const answer = new Map(Object.entries({ nonces, lanes }))
          const terms = { puzzles: last + 1, target: Math.min(2 ** 32 - 1, Math.max(...scores) + 1) }
          expect(pow.judge(seed, terms, answer)).toBe('solved')
          expect(pow.judge(seed, { ...terms, target: Math.max(...scores) }, answer)).toBe('wrong')
        },
      ),
    )
  })
})

describe('judging', () => {
  test('stops at the first nonce that does not solve', () => {
    for (const bad of [0, 3, 63]) {
      const nonces = solve({ seed: SEED, puzzles: 64, target: 2 ** 28 })
      let nonce = 0
      while (scoreOf(SEED, bad, 0, nonce) < 2 ** 28) nonce++
      nonces[bad] = nonce
      hashes.mockClear()
      expect(judge(64, 2 ** 28, { nonces })).toBe('wrong')
      expect(hashes).toHaveBeenCalledTimes(bad + 1)
    }
  })

  test('hashes once for each sub-puzzle of a right answer', () => {
    expect(judge(16, 2 ** 28, { nonces: solve({ seed: SEED, puzzles: 16, target: 2 ** 28 }) })).toBe('solved')
    expect(hashes).toHaveBeenCalledTimes(16)
  })

  test('takes lanes, and takes a missing list of them as all 0', () => {
    const lanes = [5, 255, 0, 17]
    const nonces = solve({ seed: SEED, puzzles: 4, target: 2 ** 26 }, lanes)
    expect(judge(4, 2 ** 26, { nonces, lanes })).toBe('solved')
    expect(judge(4, 2 ** 26, { nonces: solve({ seed: SEED, puzzles: 4, target: 2 ** 26 }) })).toBe('solved')
    expect(judge(4, 2 ** 26, { nonces })).toBe('wrong')
  })

  test('takes the numbers of a form as one text', () => {
    const lanes = [1, 2, 3, 4]
    const nonces = solve({ seed: SEED, puzzles: 4, target: 2 ** 26 }, lanes)
    expect(judge(4, 2 ** 26, { nonces: nonces.join(','), lanes: lanes.join(',') })).toBe('solved')
  })
})

const ok = [1, 2, 3, 4]
const BAD_NONCES: readonly (readonly [string, unknown])[] = [
  ['a fraction', [1, 2, 3, 4.5]],
  ['a negative number', [1, 2, 3, -1]],
  ['a number beyond 32 bits', [1, 2, 3, 2 ** 32]],
  ['a number beyond all integers', [1, 2, 3, 2 ** 53]],
  ['1e308', [1, 2, 3, 1e308]],
  ['400 digits', JSON.parse(`[1,2,3,${'9'.repeat(400)}]`)],
  ['NaN', [1, 2, 3, Number.NaN]],
  ['a text among numbers', [1, 2, 3, '4']],
  ['true among numbers', [1, 2, 3, true]],
  ['an object with valueOf', [1, 2, 3, { valueOf: () => 4 }]],
  ['one too many', [...ok, 5]],
  ['one too few', ok.slice(1)],
  ['a hole', [1, 2, 3, undefined]],
  ['a form with one too many', '1,2,3,4,5'],
  ['a form with one too few', '1,2,3'],
  ['a form with a sign', '+1,2,3,4'],
  ['a form with a minus', '-1,2,3,4'],
  ['a form with a space', '1, 2,3,4'],
  ['a form with an exponent', '1e3,2,3,4'],
  ['a form with hexadecimal', '0x1,2,3,4'],
  ['a form with a fraction', '1.5,2,3,4'],
  ['a form with an empty place', '1,,3,4'],
  ['a form with a comma at its end', '1,2,3,4,'],
  ['a form with a line break at its end', '1,2,3,4\n'],
  ['a form with other digits', '١,2,3,4'],
  ['a form with 400 digits', `${'1'.repeat(400)},2,3,4`],
  ['a form with a number beyond 32 bits', '4294967296,2,3,4'],
]

describe('malformed, and not worth one hash, are', () => {
  test.each(BAD_NONCES)('nonces with %s', (_, nonces) => {
    expect(judge(4, 2 ** 32 - 1, { nonces })).toBe('malformed')
    expect(hashes).not.toHaveBeenCalled()
  })

  test.each<readonly [string, unknown]>([
    ['null', null],
    ['a number', 0],
    ['256', [0, 0, 0, 256]],
    ['a negative number', [0, 0, 0, -1]],
    ['a fraction', [0, 0, 0, 0.5]],
    ['too few', [0, 0, 0]],
    ['too many', [0, 0, 0, 0, 0]],
    ['none', []],
    ['an empty text', ''],
    ['texts', ['0', '0', '0', '0']],
  ])('lanes that are %s', (_, lanes) => {
    expect(judge(4, 2 ** 32 - 1, { nonces: ok, lanes })).toBe('malformed')
    expect(hashes).not.toHaveBeenCalled()
  })
})

test('whatever the fields hold, judging answers and does not throw', () => {
  fc.assert(
    fc.property(fc.anything({ withSparseArray: true }), fc.anything(), (nonces, lanes) => {
      expect(['wrong', 'malformed']).toContain(judge(4, 1, { nonces, lanes }))
    }),
    { numRuns: 1000 },
  )
})
