import type { ASTNode } from '@marcbachmann/cel-js'
import { childrenOf } from './nodes.ts'
import type { Frame } from './frame.ts'
import { EvaluationFault, isDictionary, listIn, roomFor } from './value.ts'
import type { List, Value } from './value.ts'
import type { Scoped } from './scope.ts'
import type { Run } from './vocabulary.ts'

const NO_BOOL = new EvaluationFault('a condition is neither true nor false')
/** What one entry costs, and each node that is evaluated for it. */
const STEP_WORK = 4
const NODE_WORK = 2

/** What a macro does with the entries. */
type Loop<Source> = (frame: Frame<Source>, entries: List, bind: Bind) => Value

/** Gives the variable its next value. */
type Bind = (frame: Frame<unknown>, entry: Value) => void

const entriesOf = (range: Value): List => {
  const entries = isDictionary(range) ? [...range.keys()] : listIn(range)
  roomFor(entries.length)
  return entries
}

const binder =
  (place: number, work: number): Bind =>
  (frame, entry) => {
    frame.spend(work)
    frame.locals[place] = entry
  }

const sizeOf = (node: ASTNode): number => childrenOf(node).reduce((size, child) => size + sizeOf(child), 1)

const held = <Source>(test: Run<Source>, frame: Frame<Source>): boolean => {
  const value = test(frame)
  if (typeof value !== 'boolean') throw NO_BOOL
  return value
}

/** `all` and `exists`: an entry without a value does not matter if another decides. */
const quantifier =
  <Source>(test: Run<Source>, deciding: boolean): Loop<Source> =>
  (frame, entries, bind) => {
    let fault: unknown
    for (const entry of entries) {
      bind(frame, entry)
      try {
        if (held(test, frame) === deciding) return deciding
      } catch (cause) {
        frame.absorb()
        fault ??= cause
      }
    }
    if (fault !== undefined) throw fault
    return !deciding
  }

const existsOne =
  <Source>(test: Run<Source>): Loop<Source> =>
  (frame, entries, bind) => {
    let found = 0
    for (const entry of entries) {
      bind(frame, entry)
      if (held(test, frame)) found++
    }
    return found === 1
  }

const filterMap =
  <Source>(test: Run<Source> | undefined, made: Run<Source> | undefined): Loop<Source> =>
  (frame, entries, bind) => {
    const list: Value[] = []
    for (const entry of entries) {
      bind(frame, entry)
      if (test === undefined || held(test, frame)) list.push(made === undefined ? entry : made(frame))
    }
    return list
  }

const loopOf = <Source>(key: string, first: Run<Source>, second: Run<Source> | undefined): Loop<Source> => {
  switch (key) {
    case 'all':
      return quantifier(first, false)
    case 'exists':
      return quantifier(first, true)
    case 'exists_one':
      return existsOne(first)
    case 'filter':
      return filterMap(first, undefined)
    default:
      return second === undefined ? filterMap(undefined, first) : filterMap(first, second)
  }
}

/** A call of `all`, `exists`, `exists_one`, `map` or `filter`. */
export const compileMacro = <Source>(
  node: ASTNode,
  scoped: Scoped<Source>,
  compile: (node: ASTNode, scoped: Scoped<Source>) => Run<Source>,
): Run<Source> => {
  if (node.op !== 'rcall') throw new TypeError('a macro is a method')
  const [name, receiver, [variable, first, second]] = node.args
  if (variable?.op !== 'id' || first === undefined) throw new TypeError('a macro binds a name')
  const range = compile(receiver, scoped)
  // Bounded by the survey: a macro in a macro in a macro is refused.
  const place = scoped.scope.size
  const inner = { ...scoped, scope: new Map(scoped.scope).set(variable.args, place) }
  const loop = loopOf(name, compile(first, inner), second && compile(second, inner))
  const work = STEP_WORK + NODE_WORK * (sizeOf(first) + (second === undefined ? 0 : sizeOf(second)))
  const bind = binder(place, work)
  return (frame) => loop(frame, entriesOf(range(frame)), bind)
}
