import { setFlagsFromString } from 'node:v8'

/**
 * From now on the heap of this process grows by half between two full collections. A replay leaves much behind that
 * has lived for a while, and V8 on a large machine lets four times of what is alive gather before it looks (measured
 * on a million lines: 290 MB without, 205 MB with it, at the same speed).
 */
export const keepHeapLean = (): void => setFlagsFromString('--heap-growing-percent=50')
