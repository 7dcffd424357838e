import { expect, test } from 'vitest'
import { solveCommand } from '../../src/cli/solve.ts'
import { searchPuzzle } from '../../src/cli/solve/search.ts'
import { captureIo } from './capture.ts'
import { openGate } from './gate.ts'
import type { GateParts } from './gate.ts'

const solve = async (gateParts: GateParts, ...flags: string[]) => {
  await using gate = await openGate(gateParts)
  const { io, written } = captureIo()
  const status = await solveCommand.run([gate.url, ...flags], io)
  return { status, ...written }
}

test('the challenge of a page is solved and the pass printed', async () => {
  expect(await solve({})).toEqual({ status: 0, out: 'tollgate-pass=tok=en\n', err: '' })
})

test('the challenge of a problem document is solved too', async () => {
  expect(await solve({ show: 'problem' })).toMatchObject({ status: 0, out: 'tollgate-pass=tok=en\n' })
})

test('one sub-puzzle and many are shared out alike', async () => {
  expect(await solve({ challenge: { puzzles: 1 } })).toMatchObject({ status: 0 })
  expect(await solve({ challenge: { puzzles: 64, target: 2 ** 32 / 4 } })).toMatchObject({ status: 0 })
})

test('--json tells the work as well', async () => {
  const { out } = await solve({}, '--json')
  expect(JSON.parse(out)).toMatchObject({ name: 'tollgate-pass', value: 'tok=en', kind: 'pow', work: 1280 })
})

test.each<[GateParts, string]>([
  [{ show: 'none' }, 'asks for no challenge (status 200)'],
  [{ show: 'denied' }, 'is denied (status 403)'],
  [{ challenge: { kind: 'riddle' } }, 'the kind of challenge "riddle" is not known here'],
  [{ challenge: { puzzles: 65 } }, 'a challenge that cannot be understood'],
  [{ challenge: { target: 0 } }, 'a challenge that cannot be understood'],
  [{ challenge: { answer: '//elsewhere.example/answer' } }, 'wants its answer sent to another site'],
])('%j fails with one clear line', async (gateParts, words) => {
  const { status, out, err } = await solve(gateParts)
  expect({ status, out }).toEqual({ status: 1, out: '' })
  expect(err).toContain(words)
  expect(err.match(/\n/g)).toHaveLength(1)
})

test('a gate that cannot be reached is told in one line', async () => {
  const { io, written } = captureIo()
  expect(await solveCommand.run(['http://127.0.0.1:1/'], io)).toBe(1)
  expect(written.err).toBe('tollgate solve: http://127.0.0.1:1: connection refused\n')
})

test('the search starts at nonce 0 and takes the first that fits', () => {
  const seed = Buffer.alloc(32, 7).toString('base64url')
  expect(searchPuzzle(seed, 2 ** 32, 3)).toEqual({ puzzle: 3, lane: 0, nonce: 0 })
  const { nonce } = searchPuzzle(seed, 2 ** 24, 3)
  expect(nonce).toBeGreaterThan(0)
  expect(searchPuzzle(seed, 2 ** 23, 3).nonce).toBeGreaterThanOrEqual(nonce)
})
