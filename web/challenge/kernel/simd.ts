import { CELLS } from './cells.ts'
import { IV, K } from './constants.ts'
import type { Kernel } from './kernel.ts'
import { prepare } from './prepare.ts'

/** The part of the `WebAssembly` namespace that is used. */
export interface WasmEngine {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: never) => { readonly exports: object }
}

interface SearchExports {
  readonly m: { readonly buffer: ArrayBuffer }
  readonly s: (start: number, count: number, target: number) => number
}

/** Throws where WebAssembly or its SIMD is missing or not permitted. */
export const createSimdKernel = (engine: WasmEngine, bytes: Uint8Array<ArrayBuffer>): Kernel => {
  const { m, s } = new engine.Instance(new engine.Module(bytes) as never).exports as SearchExports
  const memory = new Int32Array(m.buffer)
  const splat = (cell: number, values: ArrayLike<number>): void => {
    for (let i = 0; i < values.length; i++) memory.fill(values[i] ?? 0, (cell + i) * 4, (cell + i) * 4 + 4)
  }
  splat(CELLS.k, K)
  splat(CELLS.four, [4])
  splat(CELLS.iv, IV.slice(7))
  memory.set([0, 1, 2, 3], CELLS.iota * 4)
  return {
    name: 'simd',
    slice: 16_384,
    load: (words) => splat(CELLS.slots, prepare(words)),
    search: (start, count, target) => s(start | 0, count, target | 0),
  }
}
