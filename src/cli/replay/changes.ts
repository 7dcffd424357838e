import type { RequestFacts } from '../../client/client.ts'
import type { Verdict, VerdictAction } from '../../policy/policy.ts'
import { ownText } from './own-text.ts'

/** What a verdict comes to for the visitor. */
export interface ChangeSide {
  readonly action: VerdictAction
  /** Expected hashes; 0 unless a challenge. */
  readonly work: number
}

/** One request that would fare differently. */
export interface ChangeSample {
  readonly log: string
  readonly line: number
  readonly address: string
  readonly method: string
  readonly path: string
  readonly userAgent: string
  readonly ruleBefore: string
  readonly ruleAfter: string
}

export interface Change {
  readonly before: ChangeSide
  readonly after: ChangeSide
  readonly count: number
  /** The first ones. */
  readonly samples: readonly ChangeSample[]
}

export interface Changes {
  /** Most frequent first. */
  readonly changes: readonly Change[]
  /** Of changes that found no room in the table any more. */
  readonly others: number
  readonly changed: number
  /** Decided by a rule of another name, with the same outcome. */
  readonly otherRule: number
  /** Of which only one of the two asks its rules, as with another `base_path`; they are not compared. */
  readonly oneSided: number
}

export interface ChangeTable {
  add(before: Verdict, after: Verdict, facts: RequestFacts, place: Pick<ChangeSample, 'log' | 'line'>): void
  oneSided(): void
  result(): Changes
}

/** A policy knows a handful of works; so this is not met by accident. */
const MOST = 1000
const LONGEST = 200

interface Row {
  readonly before: ChangeSide
  readonly after: ChangeSide
  count: number
  readonly samples: ChangeSample[]
}

const sideOf = ({ action, work }: Verdict): ChangeSide => ({ action, work })

const kept = (text: string): string => ownText(text.slice(0, LONGEST))

/** Compares what two policies say of the same requests, with up to `samples` of each kind of change. */
export const createChangeTable = (samples: number): ChangeTable => {
  const rows = new Map<string, Row>()
  let otherRule = 0
  let oneSided = 0
  let others = 0
  let changed = 0

  const rowOf = (before: Verdict, after: Verdict): Row | undefined => {
    const key = `${before.action} ${before.work} ${after.action} ${after.work}`
    const known = rows.get(key)
    if (known !== undefined || rows.size >= MOST) return known
    const row = { before: sideOf(before), after: sideOf(after), count: 0, samples: [] }
    rows.set(key, row)
    return row
  }

  return {
    add(before, after, facts, place) {
      if (before.action === after.action && before.work === after.work) {
        if (before.rule !== after.rule) otherRule += 1
        return
      }
      changed += 1
      const row = rowOf(before, after)
      if (row === undefined) {
        others += 1
        return
      }
      row.count += 1
      if (row.samples.length >= samples) return
      row.samples.push({
        ...place,
        address: facts.client.address.text,
        method: facts.method,
        path: kept(facts.path),
        userAgent: kept(facts.userAgent),
        ruleBefore: before.rule,
        ruleAfter: after.rule,
      })
    },
    oneSided(): void {
      oneSided += 1
    },
    result: () => ({
      changes: [...rows.values()].sort((a, b) => b.count - a.count),
      others,
      changed,
      otherRule,
      oneSided,
    }),
  }
}
