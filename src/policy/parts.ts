/** What a policy is compiled from, and what is told on the way. Types only. */
import type { ChallengeDefaults } from './challenge-of.ts'
import type { World } from './matcher.ts'
import type { ConditionOptions, DefaultOptions, RuleOptions, ThresholdOptions } from './options.ts'
import type { Senses } from './senses.ts'

export interface PolicyParts {
  readonly rules: readonly RuleOptions[]
  readonly thresholds?: readonly ThresholdOptions[]
  readonly conditions?: Readonly<Record<string, ConditionOptions>>
  readonly default: DefaultOptions
  readonly challenge: ChallengeDefaults
  /** The kinds that can be issued. */
  readonly kinds: readonly string[]
  /** Whether the DNS block list is asked. */
  readonly dnsbl?: boolean
  readonly databases?: World['databases']
  /** Names of `lists`. */
  readonly lists?: readonly string[]
  readonly senses: Senses
  /** Rules whose name may be that of an earlier one: those of imported files. */
  readonly imported?: (index: number) => boolean
  /** As an Anubis file is read: what only a purist would mind is a warning. */
  readonly lenient?: boolean
}

/** A fault of the document; `path` leads to the value, as in `['bots', 3, 'path_regex']`. */
export interface PolicyFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export type Tell = (path: readonly (string | number)[], message: string) => void

/** Who is told of one place of the document. */
export interface Ears {
  readonly fault: Tell
  readonly warning: Tell
  /** A fault, unless the document is read as Anubis's. */
  readonly minor: Tell
}
