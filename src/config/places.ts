import type { Position } from './fault.ts'

export type Path = readonly (string | number)[]

/** Where a value stands and how it was written. */
export interface Place {
  /** Of the key, or of the list entry. */
  readonly key: Position
  readonly value: Position
  /** What a fault shows as the value: the text before environment variables were put in. */
  readonly shown: string
}

/** Remembers for every path of a document where it stands. */
export interface Places {
  set(path: Path, place: Place): void
  get(path: Path): Place | undefined
  /** The place of the path or, when it does not stand in the document, of what would hold it. */
  nearest(path: Path): Place
}

const keyOf = (path: Path): string => JSON.stringify(path)

/** `root` is the place of the document itself. */
export const createPlaces = (root: Place): Places => {
  const places = new Map<string, Place>([[keyOf([]), root]])
  const get = (path: Path): Place | undefined => places.get(keyOf(path))
  const nearest = (path: Path): Place => get(path) ?? (path.length === 0 ? root : nearest(path.slice(0, -1)))
  return { get, nearest, set: (path, place) => void places.set(keyOf(path), place) }
}

/** `bots[2].path_regex` */
export const pathText = (path: Path): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('')
