import type { ASTNode } from '@marcbachmann/cel-js'
import { childrenOf, isMacro, operandsOf } from './nodes.ts'
import { meant } from './meant.ts'
import { DEEPEST, MOST_NODES } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Macros in one expression, and how deep they may stand in one another: with 128 entries each, 8 × 128². */
const MOST_MACROS = 8
const DEEPEST_MACRO = 2

type OnFault = (node: ASTNode, message: string) => never

/** Looks at the size of expressions and at the names they call, before types are looked at. */
export interface Survey {
  /** Calls `onFault`, which throws, at the first fault. One survey for all items of an expression. */
  visit(node: ASTNode, onFault: OnFault): void
}

const nameOf = (key: string): string => key.slice(key.startsWith('.') ? 1 : 0, key.indexOf('/'))

export const createSurvey = (vocabulary: Vocabulary<never>): Survey => {
  const keys = [...Object.keys(vocabulary.functions), ...Object.keys(vocabulary.forms)]
  const methods = [...new Set(keys.filter((key) => key.startsWith('.')).map(nameOf))]
  const functions = [...new Set(keys.filter((key) => !key.startsWith('.')).map(nameOf)), 'has']
  const macros = ['all', 'exists', 'exists_one', 'map', 'filter', 'quote']
  let nodes = 0
  let comprehensions = 0

  const checkName = (node: ASTNode, onFault: OnFault): void => {
    if (node.op !== 'call' && node.op !== 'rcall') return
    const known = node.op === 'call' ? functions : [...methods, ...macros]
    const name = node.args[0]
    if (known.includes(name)) return
    onFault(
      node,
      `unknown ${node.op === 'call' ? 'function' : 'method'} "${name.slice(0, 60)}"${meant(name, known)}`,
    )
  }

  const walk = (node: ASTNode, depth: number, inside: number, onFault: OnFault): void => {
    if (++nodes > MOST_NODES) onFault(node, `more than ${MOST_NODES} parts in one expression`)
    if (depth > DEEPEST) onFault(node, `nested more than ${DEEPEST} levels deep`)
    checkName(node, onFault)
    if (node.op === '&&' || node.op === '||') {
      const operands = operandsOf(node, node.op)
      nodes += operands.length - 2
      for (const operand of operands) walk(operand, depth + 1, inside, onFault)
    } else if (isMacro(node)) walkMacro(node, depth, inside, onFault)
    else for (const child of childrenOf(node)) walk(child, depth + 1, inside, onFault)
  }

  const walkMacro = (node: ASTNode, depth: number, inside: number, onFault: OnFault): void => {
    const [range, ...steps] = childrenOf(node)
    if (++comprehensions > MOST_MACROS) {
      onFault(node, `more than ${MOST_MACROS} of all, exists, exists_one, map and filter in one expression`)
    }
    if (inside >= DEEPEST_MACRO) {
      onFault(
        node,
        `all, exists, exists_one, map and filter stand more than ${DEEPEST_MACRO} deep in one another`,
      )
    }
    if (range !== undefined) walk(range, depth + 1, inside, onFault)
    for (const step of steps) walk(step, depth + 1, inside + 1, onFault)
  }

  return { visit: (node, onFault) => walk(node, 1, 0, onFault) }
}
