import type { Places } from './places.ts'

/** Where a rule stands. */
export interface RuleOrigin {
  /** Name of the file as faults call it; `(data)/…` for a built-in one. */
  readonly file: string
  readonly line: number
}

/** The origins of the entries of a list. */
export const originsOf = (
  entries: readonly { readonly places: Places; readonly path: readonly (string | number)[] }[],
): readonly RuleOrigin[] =>
  entries.map(({ places, path }) => {
    const { file, line } = places.nearest(path).key
    return { file, line }
  })
