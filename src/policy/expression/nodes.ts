import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js'

export type BinaryNode = Extract<ASTNode, { readonly op: BinaryOperator }>

const BINARY: ReadonlySet<string> = new Set<BinaryOperator>([
  '!=',
  '==',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '<=',
  '>',
  '>=',
])

export const isBinary = (node: ASTNode): node is BinaryNode => BINARY.has(node.op)

/** Methods that bind a variable and run their argument for each entry, by name and number of arguments. */
export const MACROS = new Set(['all/2', 'exists/2', 'exists_one/2', 'map/2', 'map/3', 'filter/2'])

export const childrenOf = (node: ASTNode): readonly ASTNode[] => {
  if (isBinary(node)) return node.args
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    case 'list':
    case '[]':
    case '[?]':
    case '?:':
    case '&&':
    case '||':
      return node.args
  }
}

/** The operands of a chain of one logical operator, in order: `a && b && c` has three. */
export const operandsOf = (node: ASTNode, op: '&&' | '||'): readonly ASTNode[] => {
  const operands: ASTNode[] = []
  const open = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.op === op) open.push(next.args[1], next.args[0])
    else operands.push(next)
  }
  return operands
}

export const isMacro = (node: ASTNode): boolean =>
  node.op === 'rcall' && MACROS.has(`${node.args[0]}/${node.args[2].length}`)
