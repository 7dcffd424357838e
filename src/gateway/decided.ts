import type { DecidedEvent } from '../base/event.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Decision } from './decision.ts'

const actionOf = (decision: Decision): DecidedEvent['action'] => {
  switch (decision.outcome) {
    case 'forward':
      return decision.action
    case 'refuse':
      return 'deny'
    case 'challenge':
      return 'challenge'
  }
}

/** What the log and the metrics are told of a decision, whoever asked for it. */
export const decidedEventOf = (
  site: string,
  facts: RequestFacts,
  reference: string,
  decision: Decision,
): DecidedEvent => ({
  name: 'decided',
  site,
  action: actionOf(decision),
  rule: decision.rule,
  level: decision.level,
  reference,
  observed: decision.outcome === 'forward' && decision.observed,
  address: facts.client.address.text,
  method: facts.method,
  host: facts.client.host,
  target: facts.target,
  userAgent: facts.userAgent,
})
