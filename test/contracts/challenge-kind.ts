import { describe, expect, test } from 'vitest'
import type { AnswerFields, ChallengeKind, Terms } from '../../src/challenge/kind.ts'

/** What the exam cannot know of a kind: how it is answered. */
export interface ExaminedKind {
  readonly kind: ChallengeKind
  /** A right answer, found without the kind's own code. */
  solve(seed: Buffer, terms: Terms): Readonly<Record<string, unknown>>
  /** An answer of the right shape that does not solve. */
  miss(seed: Buffer, terms: Terms): Readonly<Record<string, unknown>>
  /** The field that carries the work; without it no answer has the right shape. */
  readonly field: string
}

const fieldsOf = (record: Readonly<Record<string, unknown>>): AnswerFields => new Map(Object.entries(record))
const SEED = Buffer.alloc(32, 7)
const OTHER_SEED = Buffer.alloc(32, 8)

const JUNK: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['an empty text', ''],
  ['a text', 'abc'],
  ['an object', {}],
  ['an object that looks like a list', { length: 4, 0: 1, 1: 1, 2: 1, 3: 1 }],
  ['an empty list', []],
  ['a list of nothing', [undefined, undefined, undefined, undefined]],
  ['a list of null', [null, null, null, null]],
  ['a list of lists', [[1], [1], [1], [1]]],
  ['a list of texts', ['1', '1', '1', '1']],
  ['NaN', Number.NaN],
  ['a list of NaN', [Number.NaN, Number.NaN, Number.NaN, Number.NaN]],
  ['infinities', [Infinity, Infinity, -Infinity, Infinity]],
  ['a very long list', Array.from({ length: 100_000 }, () => 1)],
  ['a megabyte of digits', '1'.repeat(1 << 20)],
  ['a symbol', Symbol('x')],
  ['a function', () => 1],
]

/** The exam of every kind of challenge. @param make Builds the kind. */
export const examineKind = (make: () => ExaminedKind): void => {
  describe(`the kind ${make().kind.name}`, () => {
    const { kind, solve, miss, field } = make()
    const terms = kind.terms(64, 4)

    test('asks for as much work as it was told to, and says so', () => {
      for (let bits = 6; bits <= 34; bits++) {
        const work = 2 ** bits
        expect(kind.work(kind.terms(work, 16)) / work).toBeCloseTo(1, 1)
      }
    })

    test('asks for terms that fit into what is sealed', () => {
      for (const [work, puzzles] of [
        [1, 1],
        [2 ** 38, 64],
        [64, 64],
        [2 ** 32, 1],
        [0.5, 1],
      ] as const) {
        const drawn = kind.terms(work, puzzles)
        expect(Number.isInteger(drawn.puzzles) && drawn.puzzles >= 1 && drawn.puzzles <= 255).toBe(true)
        expect(Number.isInteger(drawn.target) && drawn.target >= 1 && drawn.target < 2 ** 32).toBe(true)
      }
    })

    test('takes a right answer', () => {
      expect(kind.judge(SEED, terms, fieldsOf(solve(SEED, terms)))).toBe('solved')
    })

    test('takes it again, and from another of its making: it keeps nothing', () => {
      const answer = fieldsOf(solve(SEED, terms))
      const second = make().kind
      kind.judge(OTHER_SEED, terms, answer)
      expect(kind.judge(SEED, terms, answer)).toBe('solved')
      expect(second.judge(SEED, terms, answer)).toBe('solved')
    })

    test('refuses an answer that does not solve', () => {
      expect(kind.judge(SEED, terms, fieldsOf(miss(SEED, terms)))).toBe('wrong')
    })

    test('refuses the answer to another seed', () => {
      const hard = kind.terms(4096, 4)
      expect(kind.judge(OTHER_SEED, hard, fieldsOf(solve(SEED, hard)))).toBe('wrong')
    })

    test('refuses the answer to less work', () => {
      const answer = fieldsOf(solve(SEED, kind.terms(16, 4)))
      expect(kind.judge(SEED, kind.terms(2 ** 24, 4), answer)).toBe('wrong')
    })

    test('judges neither seed nor terms by what the answer says of them', () => {
      const answer = { ...miss(SEED, terms), seed: SEED, target: 2 ** 32 - 1, puzzles: 0, terms, level: 0 }
      expect(kind.judge(SEED, terms, fieldsOf(answer))).toBe('wrong')
    })

    test.each(JUNK)('calls %s in place of the work malformed', (_, junk) => {
      expect(kind.judge(SEED, terms, fieldsOf({ [field]: junk }))).toBe('malformed')
    })

    test('calls an answer without the work malformed', () => {
      expect(kind.judge(SEED, terms, new Map())).toBe('malformed')
    })
  })
}
