import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js'
import { ARITHMETIC, negated } from './arithmetic.ts'
import type { Operation } from './arithmetic.ts'
import { compare, contains, equals } from './compare.ts'
import type { Builtin } from './frame.ts'
import { compileMacro } from './macros.ts'
import { isBinary, isMacro, operandsOf } from './nodes.ts'
import { EvaluationFault, int64, isDictionary, isList, keyOf, noOverload, TypeName, uint64 } from './value.ts'
import type { Value } from './value.ts'
import { CompileFault } from './scope.ts'
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
  '!=': (a, b) => !equals(a, b),
  in: contains,
  '<': (a, b) => compare(a, b) < 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>': (a, b) => compare(a, b) > 0,
  '>=': (a, b) => compare(a, b) >= 0,
}

const faultAt = (node: ASTNode, message: string): never => {
  throw new CompileFault(node.start, message)
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
        fault ??= frame.absorb(cause)
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

const entryOf = (range: Value, key: Value): Value => {
  let entry: Value | undefined
  if (isDictionary(range)) entry = range.get(keyOf(key))
  else if (isList(range)) {
    const index = keyOf(key)
    entry = typeof index === 'bigint' ? range[Number(index)] : noOverload()
  } else return noOverload()
  if (entry === undefined) throw NO_ENTRY
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

const compileHas = <Source>(node: ASTNode, scoped: Scoped<Source>): Run<Source> => {
  if (node.op !== '.') return faultAt(node, 'has() needs a field, as in has(headers.Accept)')
  const range = compileNode(node.args[0], scoped)
  const field = node.args[1]
  return (frame) => {
    const value = range(frame)
    return isDictionary(value) ? value.has(field) : noOverload()
  }
}

const compileCall = <Source>(
  node: ASTNode & { readonly op: 'call' | 'rcall' },
  scoped: Scoped<Source>,
): Run<Source> => {
  const { vocabulary, ears } = scoped
  const { op } = node
  const name = node.args[0]
  const last = op === 'call' ? node.args[1] : node.args[2]
  if (op === 'call' && name === 'has' && last[0] !== undefined) return compileHas(last[0], scoped)
  const isQuote =
    op === 'rcall' && node.args[1].op === 'id' && node.args[1].args === 'strings' && name === 'quote'
  const nodes = op === 'rcall' && !isQuote ? [node.args[1], ...last] : last
  const key = `${isQuote ? 'strings' : ''}${op === 'rcall' ? '.' : ''}${name}/${last.length}`
  const form = Object.hasOwn(vocabulary.forms, key) ? vocabulary.forms[key] : undefined
  const compile = (child: ASTNode): Run<Source> => compileNode(child, scoped)
  if (form !== undefined) {
    return form.compile(nodes, { compile, fault: faultAt, needsRate: (spec) => ears.onRate(spec) })
  }
  const row = Object.hasOwn(vocabulary.functions, key) ? vocabulary.functions[key] : undefined
  if (row === undefined) return faultAt(node, `"${name}" does not take that many arguments`)
  return compileBuiltin(row.run, nodes.map(compile))
}

const compileBuiltin = <Source>(run: Builtin, [a, b, c, d]: readonly Run<Source>[]): Run<Source> => {
  if (a === undefined) return (frame) => run(frame, null, null, null, null)
  if (b === undefined) return (frame) => run(frame, a(frame), null, null, null)
  if (c === undefined) return (frame) => run(frame, a(frame), b(frame), null, null)
  if (d === undefined) return (frame) => run(frame, a(frame), b(frame), c(frame), null)
  return (frame) => run(frame, a(frame), b(frame), c(frame), d(frame))
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
    return (frame) => operation(left(frame), right(frame))
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
      return isMacro(node) ? compileMacro(node, scoped, compileNode) : compileCall(node, scoped)
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
      return (frame) => entryOf(range(frame), field)
    }
    case '.?':
    case '[?]':
      return faultAt(node, 'optional entries are not part of the language here')
    case '[]': {
      const [range, key] = [compile(node.args[0]), compile(node.args[1])]
      return (frame) => entryOf(range(frame), key(frame))
    }
  }
}
