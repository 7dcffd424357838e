import type { Answerer, Judgement } from '../../app/judge.ts'
import type { Decision } from '../../gateway/decision.ts'
import type { Asked } from './asked.ts'

/** What `--json` prints. */
export interface ExplainedJson {
  /** What becomes of the request. */
  readonly action: 'allow' | 'pass' | 'deny' | 'challenge'
  /** Null when no rule was asked. */
  readonly rule: string | null
  readonly weight: number
  readonly level: number
  readonly answerer: Answerer
  readonly [more: string]: unknown
}

const actionOf = (decision: Decision): ExplainedJson['action'] => {
  switch (decision.outcome) {
    case 'forward':
      return decision.action
    case 'refuse':
      return 'deny'
    case 'challenge':
      return 'challenge'
  }
}

const clientJson = ({ facts, arrival }: Asked) => ({
  address: facts.client.address.text,
  scheme: facts.client.scheme,
  host: facts.client.host,
  peer: arrival.peer.text,
  trusted: arrival.trusted,
})

/** A request that no rule is asked about: malformed (400) or for the gateway itself. */
export const unruledJson = (asked: Asked, answerer: Exclude<Answerer, 'rules'>): ExplainedJson => ({
  action: answerer === 'bad_request' ? 'deny' : 'allow',
  rule: null,
  weight: 0,
  level: 0,
  trail: [],
  answerer,
  ...(answerer === 'bad_request' ? { status: 400 } : {}),
  client: clientJson(asked),
})

export const judgedJson = (
  asked: Asked,
  { site, verdict, trail, pass, decision }: Judgement,
  origin: string | undefined,
): ExplainedJson => {
  const instead = decision.outcome === 'forward' ? decision.instead : undefined
  return {
    action: actionOf(decision),
    rule: decision.rule,
    weight: decision.weight,
    level: decision.level,
    trail,
    answerer: 'rules',
    verdict: verdict.action,
    kind: verdict.kind,
    work: verdict.work,
    site: site.name,
    mode: site.mode,
    observed:
      instead === undefined ? null : { action: actionOf(instead), rule: instead.rule, level: instead.level },
    pass: pass ?? null,
    marks: verdict.marks ?? [],
    origin: origin ?? null,
    client: clientJson(asked),
  }
}
