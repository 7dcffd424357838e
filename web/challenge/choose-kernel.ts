import type { Kernel } from './kernel/kernel.ts'

export interface KernelChoices {
  /** Throws where it cannot run. */
  readonly simd: () => Kernel
  readonly javascript: () => Kernel
  /** Undefined where the browser has no `crypto.subtle`, as on plain http. */
  readonly subtle: (() => Kernel) | undefined
  /** Milliseconds. */
  readonly now: () => number
}

/** Under this many hashes a second JavaScript is not being compiled, and batched WebCrypto is faster. */
const COMPILED = 200_000
const SAMPLE = 2048

const isCompiled = (kernel: Kernel, now: () => number): boolean => {
  kernel.load(new Int32Array(12))
  for (let round = 0; round < 3; round++) {
    const begun = now()
    void kernel.search(0, SAMPLE, 0)
    if (now() - begun < (SAMPLE / COMPILED) * 1000) return true
  }
  return false
}

/** The fastest kernel this browser can run. */
export const chooseKernel = ({ simd, javascript, subtle, now }: KernelChoices): Kernel => {
  try {
    return simd()
  } catch {
    const kernel = javascript()
    return subtle && !isCompiled(kernel, now) ? subtle() : kernel
  }
}
