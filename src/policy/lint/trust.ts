import type { ASTNode } from '@marcbachmann/cel-js'
import { compileExpression } from '../expression/expression.ts'
import { childrenOf } from '../expression/nodes.ts'
import { RULE_VOCABULARY } from '../expression/rules.ts'
import type { Atom } from './atoms.ts'
import type { Finding } from './finding.ts'
import { called } from './linted-rule.ts'
import type { LintedRule } from './linted-rule.ts'

/** What an expression reads that any client can write at will. */
const AT_WILL = new Set(['headers', 'userAgent', 'contentLength', 'host', 'scheme'])
/** Conditions on nothing but headers; `unless` only makes a permit narrower for those who are named. */
const HEADER_KEYS = new Set(['user_agent_regex', 'headers_regex'])

const readsOnlyHeaders = (text: string): boolean => {
  const compiled = compileExpression(text, RULE_VOCABULARY)
  if (!compiled.ok) return false
  const { reads, rates } = compiled.value
  return rates.length === 0 && reads.size > 0 && [...reads].every((name) => AT_WILL.has(name))
}

/** Of alternatives one that anybody can fulfil is enough. */
const isAtWill = ({ key, expressions }: Atom): boolean =>
  HEADER_KEYS.has(key) || expressions?.some(readsOnlyHeaders) === true

const CONFIRMS = 'verifyFCrDNS'

const confirmations = (node: ASTNode): number[] => {
  const own = node.op === 'call' && node.args[0] === CONFIRMS ? [node.args[1].length] : []
  return [...own, ...childrenOf(node).flatMap(confirmations)]
}

/** How many arguments each confirmation of an address has. */
const confirmationsOf = ({ expressions = [] }: Atom): readonly number[] =>
  expressions
    .filter((text) => text.includes(CONFIRMS))
    .flatMap((text) => confirmations(RULE_VOCABULARY.environment.parse(text).ast))

const isNamelessConfirmation = (atom: Atom): boolean => {
  const counts = confirmationsOf(atom)
  return counts.length > 0 && counts.every((count) => count === 1)
}

const permits = ({ options }: LintedRule): boolean =>
  options.action === 'ALLOW' || (options.action === 'WEIGH' && (options.weight?.adjust ?? 1) < 0)

const trustOf = (rule: LintedRule): Finding | undefined => {
  const path = ['bots', rule.index]
  const positive = rule.atoms.filter(({ key }) => key !== 'unless')
  if (positive.length === 0 || !permits(rule)) return undefined
  if (rule.options.action === 'ALLOW' && positive.every(isAtWill)) {
    const message = `${called(rule)} opens the gate to whoever sends these headers; ask for an address, verified or a path too`
    return { code: 'spoofable', path, message }
  }
  const rest = positive.filter((atom) => !isAtWill(atom) && !isNamelessConfirmation(atom))
  if (rest.length > 0 || !positive.some(isNamelessConfirmation)) return undefined
  const message = `${called(rule)} trusts every address without a name: verifyFCrDNS(ip) alone is true for it; name what the name must match`
  return { code: 'fcrdns-one-argument', path, message }
}

/** Rules that let in whoever claims to be somebody. */
export const trustFindings = (rules: readonly LintedRule[]): Finding[] =>
  rules.flatMap((rule) => (rule.options.mode === 'observe' ? [] : (trustOf(rule) ?? [])))
