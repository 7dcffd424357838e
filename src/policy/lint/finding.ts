/** The seam of the lint: what it looks at, and what it tells. Types only. */
import type { PolicyParts } from '../parts.ts'

/** What is allowed but hardly meant. */
export const CODES = [
  'unreachable',
  'shadowed',
  'spoofable',
  'fcrdns-one-argument',
  'overlap',
  'threshold-gap',
  'threshold-unreachable',
  'weigh-without-threshold',
  'unused-condition',
  'unused-list',
] as const
export type Code = (typeof CODES)[number]

/** `path` leads to the spot in the policy, as in `['bots', 3]`. */
export interface Finding {
  readonly code: Code
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** A policy that compiles. */
export type LintedPolicy = Pick<PolicyParts, 'rules' | 'thresholds' | 'conditions' | 'default'>
