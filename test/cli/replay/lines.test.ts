import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLines, LONGEST_LINE, TOO_LONG } from '../../../src/cli/replay/lines.ts'
import type { Line } from '../../../src/cli/replay/lines.ts'

const linesOf = (blocks: readonly Buffer[]): Line[] => {
  const lines = createLines()
  return [...blocks.flatMap((block) => lines.split(block)), ...lines.rest()]
}

test('lines are the same however the bytes come in blocks', () => {
  const bytes = fc.array(fc.oneof(fc.constantFrom(10, 13, 65, 255), fc.nat(255)), { maxLength: 300 })
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(40), { maxLength: 40 }), (all, cuts) => {
      const whole = Buffer.from(all)
      const blocks: Buffer[] = []
      let at = 0
      for (const cut of cuts) blocks.push(whole.subarray(at, (at += cut)))
      blocks.push(whole.subarray(at))
      const expected = whole.toString('latin1').split('\n')
      if (expected.at(-1) === '') expected.pop()
      const written = expected.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
      expect(linesOf(blocks)).toEqual(written)
    }),
  )
})

test.each([1, 1000, 65_536, 200_000])('a line that is too long is one, in blocks of %i bytes', (size) => {
  const whole = Buffer.from(`a\n${'x'.repeat(LONGEST_LINE + 5000)}\n${'y'.repeat(LONGEST_LINE)}\nb`)
  const blocks: Buffer[] = []
  for (let at = 0; at < whole.length; at += size) blocks.push(whole.subarray(at, at + size))
  expect(linesOf(blocks)).toEqual(['a', TOO_LONG, 'y'.repeat(LONGEST_LINE), 'b'])
})
