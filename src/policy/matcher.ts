/** The seam of a matcher: types only. */
import type { z } from 'zod'
import type { Parsed } from '../base/parsed.ts'
import type { RequestFacts } from '../client/client.ts'
import type { VerdictAction } from './policy.ts'

/** Whether the request fulfils one condition of a rule. */
export type Matches = (facts: RequestFacts) => boolean

/** One kind of condition: the shape of its option, and how it is compiled. */
export interface MatcherKind<Option> {
  readonly schema: z.ZodType<Option>
  /** `action` is the action of the rule: a condition that opens the gate may be judged more strictly. */
  compile(option: Option, action: VerdictAction): Parsed<Matches>
}
