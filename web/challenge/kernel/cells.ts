/** Number of the 16-byte cell of the SIMD module's memory where each table starts. */
export const CELLS = { slots: 0, k: 64, iota: 128, four: 129, iv: 130 } as const
