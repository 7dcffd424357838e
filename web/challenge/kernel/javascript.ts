import type { Kernel } from './kernel.ts'
import { prepare } from './prepare.ts'

/** By the rules of `Kernel.search`; the slots are those of `prepare`. */
export type SlotSearch = (slots: Int32Array, start: number, count: number, target: number) => number

/** The rounds in JavaScript, for browsers without SIMD or where WebAssembly is not permitted. */
export const createJavascriptKernel = (search: SlotSearch): Kernel => {
  let slots: Int32Array = new Int32Array()
  return {
    name: 'javascript',
    slice: 2048,
    load(words) {
      slots = prepare(words)
    },
    search: (start, count, target) => search(slots, start, count, target),
  }
}
