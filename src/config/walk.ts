import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import { expand, hasReference } from './environment.ts'
import type { Environment } from './environment.ts'
import type { Fault, Position } from './fault.ts'
import { pathText } from './places.ts'
import type { Path, Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import { allows, isOnly, shapesAt } from './shape.ts'
import { shownValue } from './shown.ts'

const DEEPEST = 50
const MOST_ALIASED_NODES = 100_000

export interface WalkerParts {
  readonly document: Document
  readonly at: (offset: number) => Position
  readonly env: Environment
  readonly places: Places
  readonly onFault: (fault: Fault) => void
}

/** What the walker knows of the node it stands at. */
interface Stand {
  readonly path: Path
  /** Of the key or list entry that led here. */
  readonly key: Position
  readonly aliased: boolean
}

const retyped = (text: string, root: JsonSchema, path: Path): unknown => {
  const shapes = shapesAt(root, path)
  if (/^-?\d{1,15}$/.test(text) && allows(shapes, 'integer')) return Number(text)
  if (/^(?:true|false)$/.test(text) && allows(shapes, 'boolean')) return text === 'true'
  return text
}

/** Walks the nodes of a document once: plain data comes out, the places of everything are noted. */
export const createWalker = ({ document, at, env, places, onFault }: WalkerParts) => {
  let budget = MOST_ALIASED_NODES
  let root: JsonSchema = {}

  const scalar = (value: unknown, { path, key }: Stand, here: Position): unknown => {
    if (typeof value !== 'string' || !hasReference(value)) {
      places.set(path, { key, value: here, shown: shownValue(value) })
      if (value !== null) return value
      if (isOnly(shapesAt(root, path), 'object')) return {}
      return isOnly(shapesAt(root, path), 'array') ? [] : null
    }
    places.set(path, { key, value: here, shown: shownValue(value) })
    const expanded = expand(value, env)
    if (expanded.ok) return retyped(expanded.value, root, path)
    onFault({ ...here, message: `${pathText(path)}: ${expanded.fault}` })
    return undefined
  }

  const keyName = (pair: Pair, here: Position): string | undefined => {
    const { key } = pair
    const value: unknown = isScalar(key) ? key.value : undefined
    const name = typeof value === 'number' ? String(value) : value
    if (typeof name === 'string' && name !== '__proto__') return name
    onFault({ ...here, message: 'a key must be a plain name' })
    return undefined
  }

  const startOf = (node: unknown, otherwise: Position): Position => {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined
    return range ? at(range[0]) : otherwise
  }

  const mapping = (pairs: readonly Pair[], stand: Stand, here: Position): Record<string, unknown> => {
    places.set(stand.path, { key: stand.key, value: here, shown: 'a mapping' })
    const data: Record<string, unknown> = {}
    for (const pair of pairs) {
      const key = startOf(pair.key, here)
      const name = keyName(pair, key)
      if (name === undefined) continue
      if (Object.hasOwn(data, name)) onFault({ ...key, message: `duplicate key "${name}"` })
      data[name] = valueOf(pair.value, { path: [...stand.path, name], key, aliased: stand.aliased })
    }
    return data
  }

  const list = (items: readonly unknown[], stand: Stand, here: Position): unknown[] => {
    places.set(stand.path, { key: stand.key, value: here, shown: 'a list' })
    return items.map((item, index) =>
      valueOf(item, { path: [...stand.path, index], key: startOf(item, here), aliased: stand.aliased }),
    )
  }

  const alias = (
    node: Node & { resolve(document: Document): unknown },
    stand: Stand,
    here: Position,
  ): unknown => {
    const target = node.resolve(document)
    if (target === undefined) {
      onFault({ ...here, message: 'this alias has no anchor before it' })
      return undefined
    }
    return valueOf(target, { ...stand, key: here, aliased: true })
  }

  const valueOf = (node: unknown, stand: Stand): unknown => {
    const here = startOf(node, stand.key)
    if (stand.aliased && budget-- <= 0) {
      if (budget === -1) onFault({ ...stand.key, message: 'aliases expand to too much here' })
      return undefined
    }
    if (stand.path.length > DEEPEST) {
      onFault({ ...here, message: 'is nested too deeply' })
      return undefined
    }
    if (isAlias(node)) return alias(node, stand, here)
    if (isMap(node)) return mapping(node.items, stand, here)
    if (isSeq(node)) return list(node.items, stand, here)
    return scalar(isScalar(node) ? node.value : null, stand, here)
  }

  /** The data of the whole document; an empty one is an empty mapping. */
  const dataOf = (schema: JsonSchema): unknown => {
    root = schema
    const start = places.nearest([]).key
    if (document.contents === null) return {}
    const data = valueOf(document.contents, { path: [], key: start, aliased: false })
    return data ?? {}
  }
  return { dataOf }
}
