import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js'
import { ARITHMETIC, negated } from './arithmetic.ts'
import type { Operation } from './arithmetic.ts'
import { compare, contains, equals } from './compare.ts'
import { compileCall } from './calls.ts'
import { compileMacro } from './macros.ts'
import { isBinary, isMacro, operandsOf } from './nodes.ts'
import { EvaluationFault, int64, isDictionary, isList, keyOf, noOverload, TypeName, uint64 } from './value.ts'
import type { Value } from './value.ts'
import { faultAt } from './scope.ts'
import type { Scoped } from './scope.ts'
import type { Run } from './vocabulary.ts'

const NO_BOOL = new EvaluationFault('a condition is neither true nor false')
const NO_ENTRY = new EvaluationFault('a list or map has no such entry')
const TWICE = new EvaluationFault('a map has one key twice')
/** The most negative integer has no positive counterpart, and is written as its negation. */
const LEAST = 2n ** 63n
const TYPES = new Set([
  'bool',
  'bytes',
  'double',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
])

const OPERATIONS: Readonly<Record<BinaryOperator, Operation>> = {
  ...ARITHMETIC,
  '==': equals,
  '!=': (context, a, b) => !equals(context, a, b),
  in: contains,
  '<': (context, a, b) => compare(context, a, b) < 0,
  '<=': (context, a, b) => compare(context, a, b) <= 0,
  '>': (context, a, b) => compare(context, a, b) > 0,
  '>=': (context, a, b) => compare(context, a, b) >= 0,
}

const literal = (node: ASTNode & { readonly op: 'value' }): Value => {
  const value = node.args
  if (typeof value === 'bigint' && value >= LEAST) faultAt(node, 'the number does not fit 64 bits')
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return uint64(value.value)
}

/** Stops at the first operand that decides. One without a value does not matter if another decides. */
export const compileJunction =
  <Source>(operands: readonly Run<Source>[], deciding: boolean): Run<Source> =>
  (frame) => {
    let fault: unknown
    for (const operand of operands) {
      try {
        const value = operand(frame)
        if (value === deciding) return deciding
        if (value !== !deciding) fault ??= NO_BOOL
      } catch (cause) {
        frame.absorb()
        fault ??= cause
      }
    }
    if (fault !== undefined) throw fault
    return !deciding
  }

const compileName = <Source>(node: ASTNode & { readonly op: 'id' }, scoped: Scoped<Source>): Run<Source> => {
  const name = node.args
  const place = scoped.scope.get(name)
  if (place !== undefined) return (frame) => frame.locals[place] ?? null
  const { variables } = scoped.vocabulary
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (variable !== undefined) {
    scoped.ears.onVariable(name)
    return (frame) => variable.read(frame)
  }
  if (!TYPES.has(name)) faultAt(node, `unknown variable "${name}"`)
  const type = new TypeName(name)
  return () => type
}

/** Made once, because asking for a header that is not there is the most common fault of all. */
const missing = (key: string): EvaluationFault =>
  new EvaluationFault(`there is no entry ${JSON.stringify(key.slice(0, 60))}`)

const entryOf = (range: Value, key: Value, fault: EvaluationFault): Value => {
  let entry: Value | undefined
  if (isDictionary(range)) entry = range.get(keyOf(key))
  else if (isList(range)) {
    const index = keyOf(key)
    entry = typeof index === 'bigint' ? range[Number(index)] : noOverload()
  } else return noOverload()
  if (entry === undefined) throw fault
  return entry
}

const compileTernary = <Source>(parts: readonly Run<Source>[]): Run<Source> => {
  const [condition, then, otherwise] = parts as [Run<Source>, Run<Source>, Run<Source>]
  return (frame) => {
    const held = condition(frame)
    if (held === true) return then(frame)
    if (held === false) return otherwise(frame)
    throw NO_BOOL
  }
}

const compileNegation = <Source>(node: ASTNode, scoped: Scoped<Source>): Run<Source> => {
  if (node.op === 'value' && typeof node.args === 'bigint') {
    const { args } = node
    if (args > LEAST) faultAt(node, 'the number does not fit 64 bits')
    const value = int64(-args)
    return () => value
  }
  const operand = compileNode(node, scoped)
  return (frame) => negated(operand(frame))
}

const compileNot = <Source>(operand: Run<Source>): Run<Source> => {
  return (frame) => {
    const value = operand(frame)
    if (typeof value !== 'boolean') throw NO_BOOL
    return !value
  }
}

const compileMap = <Source>(entries: readonly (readonly [Run<Source>, Run<Source>])[]): Run<Source> => {
  return (frame) => {
    const map = new Map<Value, Value>()
    for (const [key, value] of entries) {
      const made = keyOf(key(frame))
      if (map.has(made)) throw TWICE
      map.set(made, value(frame))
    }
    return map
  }
}

/** A node whose types have been checked, as a function. */
export const compileNode = <Source>(node: ASTNode, scoped: Scoped<Source>): Run<Source> => {
  const compile = (child: ASTNode): Run<Source> => compileNode(child, scoped)
  if (isBinary(node)) {
    const operation = OPERATIONS[node.op]
    const [left, right] = [compile(node.args[0]), compile(node.args[1])]
    return (frame) => operation(frame, left(frame), right(frame))
  }
  switch (node.op) {
    case 'value': {
      const value = literal(node)
      return () => value
    }
    case 'id':
      return compileName(node, scoped)
    case 'call':
    case 'rcall':
      return isMacro(node) ? compileMacro(node, scoped, compileNode) : compileCall(node, scoped, compile)
    case '&&':
    case '||':
      return compileJunction(operandsOf(node, node.op).map(compile), node.op === '||')
    case '?:':
      return compileTernary(node.args.map(compile))
    case '!_':
      return compileNot(compile(node.args))
    case '-_':
      return compileNegation(node.args, scoped)
    case 'list': {
      const entries = node.args.map(compile)
      return (frame) => entries.map((entry) => entry(frame))
    }
    case 'map':
      return compileMap(node.args.map(([key, value]) => [compile(key), compile(value)] as const))
    case '.': {
      const range = compile(node.args[0])
      const field = node.args[1]
      const fault = missing(field)
      return (frame) => entryOf(range(frame), field, fault)
    }
    case '.?':
    case '[?]':
      return faultAt(node, 'optional entries are not part of the language here')
    case '[]': {
      const [range, key] = [compile(node.args[0]), compile(node.args[1])]
      const [, { op, args }] = node.args
      const fault = op === 'value' && typeof args === 'string' ? missing(args) : NO_ENTRY
      return (frame) => entryOf(range(frame), key(frame), fault)
    }
  }
}
