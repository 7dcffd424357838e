import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Document, Pair } from 'yaml'
import { createAliases } from './aliases.ts'
import { expand, hasReference } from './environment.ts'
import type { Environment } from './environment.ts'
import type { Fault, Position } from './fault.ts'
import { goScalar } from './go-scalar.ts'
import { nearest } from './nearest.ts'
import { pathText } from './places.ts'
import type { Path, Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import { allows, alternatives, childShapes, isClosed, isOnly, knownKeys } from './shape.ts'
import type { Shapes } from './shape.ts'
import { shownValue } from './shown.ts'

const DEEPEST = 50
const MOST_ALIASED_NODES = 100_000
// Guessing what was meant costs more than all else.
const MOST_GUESSES = 100
const TOO_MUCH = 'aliases expand to too much here'

/**
 * How a document is read. `own`: as it is written, with environment variables. `anubis`: as Anubis reads it: keys in any
 * case, unknown ones left out with a warning, scalars as `goScalar` has them, no environment variables.
 */
export type Reading = 'own' | 'anubis'

export interface WalkerParts {
  readonly document: Document
  readonly at: (offset: number) => Position
  readonly env: Environment
  readonly places: Places
  readonly reading: Reading
  readonly onFault: (fault: Fault) => void
  readonly onWarning: (warning: Fault) => void
}

/** What the walker knows of the node it stands at. */
interface Stand {
  readonly path: Path
  /** What may stand here. */
  readonly shapes: Shapes
  /** Of the key or list entry that led here. */
  readonly key: Position
  readonly aliased: boolean
}

const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^{}]*)?\}/

const retyped = (text: string, shapes: Shapes): unknown => {
  if (/^-?\d{1,15}$/.test(text) && allows(shapes, 'integer')) return Number(text)
  if (/^(?:true|false)$/.test(text) && allows(shapes, 'boolean')) return text === 'true'
  return text
}

const isMerge = ({ key }: Pair): boolean => isScalar(key) && key.value === '<<' && key.type === 'PLAIN'

const emptyOf = (shapes: Shapes): unknown =>
  isOnly(shapes, 'object') ? {} : isOnly(shapes, 'array') ? [] : null

/** Walks the nodes of a document once: plain data comes out, the places of everything are noted. */
export const createWalker = (parts: WalkerParts) => {
  const { document, at, env, places, reading, onFault, onWarning } = parts
  const targetOf = createAliases(document)
  let budget = MOST_ALIASED_NODES
  let unknown = 0

  const expanded = (text: string, { path, shapes }: Stand, here: Position): unknown => {
    if (!hasReference(text)) return text
    if (reading === 'anubis') {
      if (VARIABLE.test(text)) {
        const message = `${pathText(path)}: variables are not put in, because the file is read as one of Anubis`
        onWarning({ ...here, message })
      }
      return text
    }
    const put = expand(text, env)
    if (put.ok) return retyped(put.value, shapes)
    onFault({ ...here, message: `${pathText(path)}: ${put.fault}` })
    return undefined
  }

  const scalar = (node: unknown, stand: Stand, here: Position): unknown => {
    const written: unknown = isScalar(node) ? node.value : null
    const value = reading === 'anubis' && isScalar(node) ? goScalar(node, stand.shapes) : written
    places.set(stand.path, { key: stand.key, value: here, shown: shownValue(value) })
    if (typeof value === 'string') return expanded(value, stand, here)
    return value ?? emptyOf(stand.shapes)
  }

  // Go's decoder finds a field whatever the case of its name is.
  const canonical = (name: string, shapes: Shapes): string | undefined => {
    if (reading === 'own' || !isClosed(shapes)) return name
    const known = knownKeys(shapes)
    if (known.includes(name)) return name
    return known.find((each) => each.toLowerCase() === name.toLowerCase())
  }

  const keyName = (pair: Pair, here: Position, { path, shapes }: Stand): string | undefined => {
    const { key } = pair
    const value: unknown = isScalar(key) ? key.value : undefined
    const name = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
    if (typeof name !== 'string' || name === '__proto__') {
      onFault({ ...here, message: 'a key must be a plain name' })
      return undefined
    }
    const found = canonical(name, shapes)
    if (found !== undefined) return found
    const near = ++unknown > MOST_GUESSES ? undefined : nearest(name, knownKeys(shapes))
    const where = path.length === 0 ? '' : ` in ${pathText(path)}`
    const meant = near === undefined ? '' : `; did you mean "${near}"?`
    onWarning({ ...here, message: `unknown key "${name}"${where} is left out${meant}` })
    return undefined
  }

  const startOf = (node: unknown, otherwise: Position): Position => {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined
    return range ? at(range[0]) : otherwise
  }

  /** Pairs of the mappings that a merge key names, and of those that these name; the nearest come first. */
  const mergedPairs = (node: unknown, here: Position, depth: number): readonly Pair[] =>
    (isSeq(node) ? node.items : [node]).flatMap((item) => {
      const target = isAlias(item) ? targetOf(item) : item
      if (!isMap(target) || depth > DEEPEST) {
        onFault({ ...here, message: 'a merge key needs mappings' })
        return []
      }
      budget -= target.items.length + 1
      if (budget <= 0) {
        onFault({ ...here, message: TOO_MUCH })
        return []
      }
      const own = target.items.filter((pair) => !isMerge(pair))
      const further = target.items.filter(isMerge)
      return [...own, ...further.flatMap((pair) => mergedPairs(pair.value, here, depth + 1))]
    })

  const mapping = (pairs: readonly Pair[], stand: Stand, here: Position): Record<string, unknown> => {
    places.set(stand.path, { key: stand.key, value: here, shown: 'a mapping' })
    const data: Record<string, unknown> = {}
    const add = (pair: Pair, merged: boolean): void => {
      const key = startOf(pair.key, here)
      const name = keyName(pair, key, stand)
      if (name === undefined) return
      if (Object.hasOwn(data, name)) {
        if (merged) return
        onFault({ ...key, message: `duplicate key "${name}"` })
      }
      const child = { path: [...stand.path, name], shapes: childShapes(stand.shapes, name), key }
      data[name] = valueOf(pair.value, { ...child, aliased: merged || stand.aliased })
    }
    for (const pair of pairs) if (!isMerge(pair)) add(pair, false)
    for (const pair of pairs.filter(isMerge)) {
      for (const each of mergedPairs(pair.value, startOf(pair.key, here), 0)) add(each, true)
    }
    return data
  }

  const list = (items: readonly unknown[], stand: Stand, here: Position): unknown[] => {
    places.set(stand.path, { key: stand.key, value: here, shown: 'a list' })
    const shapes = childShapes(stand.shapes, 0)
    return items.map((item, index) =>
      valueOf(item, {
        path: [...stand.path, index],
        shapes,
        key: startOf(item, here),
        aliased: stand.aliased,
      }),
    )
  }

  const alias = (node: Alias, stand: Stand, here: Position): unknown => {
    const target = targetOf(node)
    if (target === undefined) {
      onFault({ ...here, message: 'this alias has no anchor before it' })
      return undefined
    }
    return valueOf(target, { ...stand, key: here, aliased: true })
  }

  const valueOf = (node: unknown, stand: Stand): unknown => {
    const here = startOf(node, stand.key)
    if (stand.aliased && budget-- <= 0) {
      if (budget === -1) onFault({ ...stand.key, message: TOO_MUCH })
      return undefined
    }
    if (stand.path.length > DEEPEST) {
      onFault({ ...here, message: 'is nested too deeply' })
      return undefined
    }
    if (isAlias(node)) return alias(node, stand, here)
    if (isMap(node)) return mapping(node.items, stand, here)
    if (isSeq(node)) return list(node.items, stand, here)
    return scalar(node, stand, here)
  }

  /** The data of the whole document; null when it is empty. */
  const dataOf = (schema: JsonSchema): unknown => {
    const start = places.nearest([]).key
    if (document.contents === null) return null
    return valueOf(document.contents, { path: [], shapes: alternatives(schema), key: start, aliased: false })
  }
  return { dataOf }
}
