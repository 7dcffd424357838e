import type { ASTNode } from '@marcbachmann/cel-js'
import type { RateSpec } from '../senses.ts'
import type { Builtin } from './frame.ts'
import { faultAt } from './scope.ts'
import type { Scoped } from './scope.ts'
import { isDictionary, noOverload } from './value.ts'
import type { Run } from './vocabulary.ts'

type CallNode = Extract<ASTNode, { readonly op: 'call' | 'rcall' }>

const compileHas = <Source>(node: ASTNode, compile: (node: ASTNode) => Run<Source>): Run<Source> => {
  if (node.op !== '.') return faultAt(node, 'has() needs a field, as in has(headers.Accept)')
  const range = compile(node.args[0])
  const field = node.args[1]
  return (frame) => {
    const value = range(frame)
    return isDictionary(value) ? value.has(field) : noOverload()
  }
}

const compileBuiltin = <Source>(run: Builtin, [a, b, c, d]: readonly Run<Source>[]): Run<Source> => {
  if (a === undefined) return (frame) => run(frame, null, null, null, null)
  if (b === undefined) return (frame) => run(frame, a(frame), null, null, null)
  if (c === undefined) return (frame) => run(frame, a(frame), b(frame), null, null)
  if (d === undefined) return (frame) => run(frame, a(frame), b(frame), c(frame), null)
  return (frame) => run(frame, a(frame), b(frame), c(frame), d(frame))
}

/** Under which key the vocabulary has what is called, and its arguments, a method's receiver first. */
const calledBy = (node: CallNode): { readonly key: string; readonly nodes: readonly ASTNode[] } => {
  if (node.op === 'call') return { key: `${node.args[0]}/${node.args[1].length}`, nodes: node.args[1] }
  const [name, receiver, last] = node.args
  // The one name space of the language.
  if (receiver.op === 'id' && receiver.args === 'strings' && name === 'quote') {
    return { key: `strings.quote/${last.length}`, nodes: last }
  }
  return { key: `.${name}/${last.length}`, nodes: [receiver, ...last] }
}

/** A call of a function or method that is no macro. */
export const compileCall = <Source>(
  node: CallNode,
  { vocabulary, ears }: Scoped<Source>,
  compile: (node: ASTNode) => Run<Source>,
): Run<Source> => {
  const { key, nodes } = calledBy(node)
  if (key === 'has/1' && nodes[0] !== undefined) return compileHas(nodes[0], compile)
  if (Object.hasOwn(vocabulary.forms, key)) {
    const compiler = { compile, fault: faultAt, needsRate: (spec: RateSpec) => ears.onRate(spec) }
    return vocabulary.forms[key]!.compile(nodes, compiler)
  }
  if (Object.hasOwn(vocabulary.functions, key)) {
    return compileBuiltin(vocabulary.functions[key]!.run, nodes.map(compile))
  }
  return faultAt(node, `"${node.args[0]}" does not take that many arguments`)
}
