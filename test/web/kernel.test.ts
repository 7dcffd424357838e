import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createJavascriptKernel, type SlotSearch } from '../../web/challenge/kernel/javascript.ts'
import type { Kernel } from '../../web/challenge/kernel/kernel.ts'
import { messageWords } from '../../web/challenge/kernel/message.ts'
import { createPlainKernel } from '../../web/challenge/kernel/plain.ts'
import { emitScript } from '../../web/challenge/kernel/script.ts'
import { createSimdKernel, type WasmEngine } from '../../web/challenge/kernel/simd.ts'
import { createSubtleKernel } from '../../web/challenge/kernel/subtle.ts'
import { emitModule } from '../../web/challenge/kernel/wasm.ts'
import { scoreOf } from './gate.ts'

const { search } = (await import(`data:text/javascript,${encodeURIComponent(emitScript())}`)) as {
  search: SlotSearch
}
const engine = Reflect.get(globalThis, 'WebAssembly') as WasmEngine
const kernels: readonly Kernel[] = [
  createSimdKernel(engine, emitModule()),
  createJavascriptKernel(search),
  createPlainKernel(),
  createSubtleKernel(crypto.subtle),
]
const seeds = ['a', 'b', 'c'].map((text) => createHash('sha256').update(text).digest('base64url'))
/** The last nonces before 2^32 and the first after it. */
const START = 2 ** 32 - 1024
const COUNT = 2048

/** Offsets of all nonces of the range that solve, by asking again after each. */
const offsetsBy = async (kernel: Kernel, target: number): Promise<number[]> => {
  const found: number[] = []
  for (let at = 0; at < COUNT; at += 4)
    for (let skip = 0; skip < 4;) {
      const offset = await kernel.search((START + at + skip) % 2 ** 32, 4, target)
      if (offset < 0 || skip + offset > 3) break
      found.push(at + skip + offset)
      skip += offset + 1
    }
  return found
}

for (const kernel of kernels) {
  test(`the ${kernel.name} kernel finds exactly what node:crypto finds, across the end of 32 bits`, async () => {
    for (const [puzzle, seed] of seeds.entries()) {
      const lane = 255 - puzzle
      kernel.load(messageWords(seed, puzzle, lane))
      const target = 0x60_00_00_00
      const expected = Array.from({ length: COUNT }, (_, at) => at).filter(
        (at) => scoreOf(seed, puzzle, lane, (START + at) % 2 ** 32) < target,
      )
      expect(await offsetsBy(kernel, target)).toEqual(expected)
    }
  })

  test(`the ${kernel.name} kernel returns the first solution of a long search, and -1 without one`, async () => {
    const [seed = ''] = seeds
    kernel.load(messageWords(seed, 7, 0))
    const target = 1 << 23
    let first = 0
    while (scoreOf(seed, 7, 0, first) >= target) first++
    expect(await kernel.search(0, 16_384, target)).toBe(first)
    expect(await kernel.search(0, first - (first % 4), target)).toBe(-1)
    expect(await kernel.search(0, 4096, 0)).toBe(-1)
  })

  test(`the ${kernel.name} kernel compares without sign up to the largest target`, async () => {
    const [seed = ''] = seeds
    kernel.load(messageWords(seed, 0, 0))
    expect(await kernel.search(123, 4, 2 ** 32 - 1)).toBe(0)
  })
}

test('what is generated is the same every time', () => {
  expect(emitModule()).toEqual(emitModule())
  expect(emitScript()).toBe(emitScript())
  expect(createHash('sha256').update(emitModule()).digest('hex')).toMatchInlineSnapshot(
    `"ecbeebd13d925dc6a401601857ade505606e3285ed35460463c3d9563fd2d6a3"`,
  )
})
