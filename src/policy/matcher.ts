/** The seam of a matcher: types only. */
import type { z } from 'zod'
import type { Parsed } from '../base/parsed.ts'
import type { RequestFacts } from '../client/client.ts'
import type { RequestValues } from './expression/request-values.ts'
import type { PatternPools } from './pattern-pool.ts'
import type { Readings } from './path-readings.ts'
import type { RateSpec, Senses } from './senses.ts'

/**
 * How a path that can be read in several ways is judged: `some` reading must fit (a rule that restricts), or `every`
 * one (a rule that permits).
 */
export type Strictness = 'some' | 'every'

/** Whether the request fulfils one condition of a rule. Throws or rejects when that cannot be said. */
export type Matches = (facts: RequestFacts, strictness: Strictness) => boolean | Promise<boolean>

/** What a matcher may use; one for each compiled policy. */
export interface World {
  readonly senses: Senses
  /** Patterns that are tried together; ask them only after the whole policy is compiled. */
  readonly pools: PatternPools
  readonly readings: Readings
  /** What expressions read of a request, made once for all that ask. */
  readonly values: (facts: RequestFacts) => RequestValues
  /** The databases that the operator named. */
  readonly databases: { readonly country: boolean; readonly asn: boolean }
  /** Names of `lists`. */
  readonly lists: readonly string[]
  /** Compiles a named condition of the document. */
  condition(name: string): Parsed<Matches>
  /** Told of every rate that a rule asks for, so that only these are counted. */
  needsRate(spec: RateSpec): void
}

/** One kind of condition: the shape of its option, and how it is compiled. */
export interface MatcherKind<Option> {
  readonly schema: z.ZodType<Option>
  compile(option: Option, world: World): Parsed<Matches>
  /** The option in a few words for `explain`; the caller shortens it. */
  show?(option: Option): string
}
