import type { Fault } from '../../config/fault.ts'

/** What came of a reload. Plain data: the admin listener sends it as it is. */
export interface ReloadReport {
  /** False when nothing has changed because of the faults. */
  readonly ok: boolean
  /** What is in force now and was not before, one line each. */
  readonly changes: readonly string[]
  /** What the file says and only a restart can change. */
  readonly needsRestart: readonly string[]
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}
