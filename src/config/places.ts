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
  /** The path as it is called in the file where it stands. */
  text(path: Path): string
}

/** One entry of a list that was put together from several files. */
export interface ListEntry {
  readonly places: Places
  /** Where the entry stands in the document of `places`. */
  readonly path: Path
}

/** A list of the whole whose entries stand elsewhere. */
export interface Mount {
  readonly path: Path
  readonly entries: readonly ListEntry[]
}

const keyOf = (path: Path): string => JSON.stringify(path)

/** `bots[2].path_regex` */
export const pathText = (path: Path): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('')

/** `root` is the place of the document itself. */
export const createPlaces = (root: Place): Places => {
  const places = new Map<string, Place>([[keyOf([]), root]])
  const get = (path: Path): Place | undefined => places.get(keyOf(path))
  const nearest = (path: Path): Place => get(path) ?? (path.length === 0 ? root : nearest(path.slice(0, -1)))
  return { get, nearest, set: (path, place) => void places.set(keyOf(path), place), text: pathText }
}

const startsWith = (path: Path, prefix: Path): boolean => prefix.every((step, index) => path[index] === step)

/** The places of a document some of whose lists were put together from entries of other documents. */
export const createMountedPlaces = (base: Places, mounts: readonly Mount[]): Places => {
  const home = (path: Path): ListEntry => {
    const mount = mounts.find((each) => path.length > each.path.length && startsWith(path, each.path))
    if (mount === undefined) return { places: base, path }
    const entry = mount.entries[Number(path[mount.path.length])]
    if (entry === undefined) return { places: base, path: mount.path }
    return { places: entry.places, path: [...entry.path, ...path.slice(mount.path.length + 1)] }
  }
  const at = <T>(path: Path, ask: (places: Places, path: Path) => T): T => {
    const { places, path: inner } = home(path)
    return ask(places, inner)
  }
  return {
    set: (path, place) => base.set(path, place),
    get: (path) => at(path, (places, inner) => places.get(inner)),
    nearest: (path) => at(path, (places, inner) => places.nearest(inner)),
    text: (path) => at(path, (places, inner) => places.text(inner)),
  }
}
