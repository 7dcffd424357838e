import type { Builtin } from '../frame.ts'

/**
 * The functions of the language by name and number of arguments: `size/1`, or `.size/0` for a method, whose receiver
 * is its first value. `declares` are the signatures that the checker of types does not know by itself.
 */
export type Functions = Readonly<
  Record<string, { readonly declares: readonly string[]; readonly run: Builtin }>
>
