/** What `replay --json` prints. */
import type { VerdictAction } from '../../policy/policy.ts'
import type { AssumedCount } from './assumed.ts'
import type { Changes } from './changes.ts'
import type { ReadCounts } from './reading.ts'
import type { LogRead, Outcome } from './run.ts'
import { VERDICT_ACTIONS } from './tally.ts'
import type { RuleCount, Totals } from './tally.ts'
import type { DistinctCount } from './distinct.ts'
import type { MissedHeader, UnknownCounts } from './unknowns.ts'

export interface ActionShare {
  readonly count: number
  /** 0 … 1, of all requests that the rules were asked about. */
  readonly share: number
  /** /24 of IPv4, /64 of IPv6. */
  readonly networks: DistinctCount
}

export interface PolicyReport {
  readonly config: string
  readonly mode: 'enforce' | 'observe'
  readonly actions: Readonly<Record<VerdictAction, ActionShare>>
  readonly rules: readonly (RuleCount & { readonly share: number })[]
}

export interface Report {
  readonly logs: readonly LogRead[]
  readonly stopped: 'limit' | 'interrupted' | undefined
  readonly lines: number
  readonly malformed: Pick<ReadCounts, 'malformedLines'> & { readonly count: number }
  readonly noRequest: number
  readonly unasked: ReadCounts['unasked']
  readonly requests: number
  readonly networks: DistinctCount
  /** RFC 3339. */
  readonly span: { readonly from: string; readonly to: string } | undefined
  readonly headers: readonly string[]
  readonly allHeaders: boolean
  /** Verdicts for which something was asked that the log does not tell. */
  readonly unknown: UnknownCounts
  /** Headers that the log holds nowhere, and that rules asked for; `*`: any, by an expression. */
  readonly missedHeaders: readonly MissedHeader[]
  /** Lines that were given the headers their browser sends. */
  readonly assumed: AssumedCount
  readonly lookups: boolean
  readonly policy: PolicyReport & Pick<Totals, 'marks' | 'close'>
  readonly against: PolicyReport | undefined
  readonly changes: Changes | undefined
  readonly seconds: number
  readonly linesPerSecond: number
  /** Bytes. */
  readonly memory: { readonly maxRss: number }
}

/** One of the configurations. */
export interface Compared {
  readonly file: string
  readonly mode: 'enforce' | 'observe'
}

export interface ReportParts {
  readonly first: Compared
  readonly second: Compared | undefined
  readonly logs: readonly LogRead[]
  readonly outcome: Outcome
  readonly interrupted: boolean
  /** Names were looked up. */
  readonly lookups: boolean
  readonly milliseconds: number
  /** Bytes. */
  readonly maxRss: number
}

const shareOf = (count: number, of: number): number => (of === 0 ? 0 : count / of)

const policyReportOf = ({ file, mode }: Compared, totals: Totals): PolicyReport => {
  const { requests, actions, networks, rules } = totals
  const of = (action: VerdictAction): ActionShare => ({
    count: actions[action],
    share: shareOf(actions[action], requests),
    networks: networks[action],
  })
  const [allow, challenge, deny] = VERDICT_ACTIONS.map(of) as [ActionShare, ActionShare, ActionShare]
  return {
    config: file,
    mode,
    actions: { allow, challenge, deny },
    rules: rules.map((rule) => ({ ...rule, share: shareOf(rule.count, requests) })),
  }
}

const stoppedBy = ({ interrupted, outcome }: ReportParts): Report['stopped'] => {
  if (interrupted) return 'interrupted'
  return outcome.limited ? 'limit' : undefined
}

export const reportOf = (parts: ReportParts): Report => {
  const { outcome, first, second, milliseconds } = parts
  const { read, first: totals } = outcome
  const { lines, malformed, malformedLines, noRequest, unasked, span, headers } = read
  const seconds = milliseconds / 1000
  return {
    logs: parts.logs,
    stopped: stoppedBy(parts),
    lines,
    malformed: { count: malformed, malformedLines },
    noRequest,
    unasked,
    requests: totals.requests,
    networks: totals.networks.all,
    span: span && { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() },
    headers,
    allHeaders: read.allHeaders,
    unknown: outcome.unknown,
    missedHeaders: read.allHeaders
      ? []
      : outcome.missedHeaders.filter(({ header }) => !headers.includes(header)),
    assumed: outcome.assumed,
    lookups: parts.lookups,
    policy: { ...policyReportOf(first, totals), marks: totals.marks, close: totals.close },
    against: second && outcome.second && policyReportOf(second, outcome.second),
    changes: outcome.changes,
    seconds,
    linesPerSecond: Math.round(lines / Math.max(0.001, seconds)),
    memory: { maxRss: parts.maxRss },
  }
}
