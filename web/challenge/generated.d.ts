/** What `web/build.ts` generates from `kernel/rounds.ts`. */
declare module 'tollgate:module' {
  /** The SIMD module, base64. */
  export const bytes: string
}
declare module 'tollgate:search' {
  /** By the rules of `Kernel.search`; the slots are those of `prepare`. */
  export const search: (slots: Int32Array, start: number, count: number, target: number) => number
}
