import type { DecidedEvent } from '../base/event.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Decision } from './decision.ts'
import type { Site } from './site.ts'

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

/** A request that was only observed is told as what it would have been. */
const verdictOf = (decision: Decision) => {
  const instead = decision.outcome === 'forward' ? decision.instead : undefined
  const { rule, level, weight, marks } = instead ?? decision
  const told = { action: actionOf(instead ?? decision), rule, level, weight, observed: instead !== undefined }
  return marks === undefined ? told : { ...told, marks }
}

/** What the log and the metrics are told of a decision, whoever asked for it. */
export const decidedEventOf = (
  site: Site,
  facts: RequestFacts,
  reference: string,
  decision: Decision,
): DecidedEvent => ({
  name: 'decided',
  site: site.name,
  ...verdictOf(decision),
  reference,
  address: facts.client.address.text,
  method: facts.method,
  host: facts.client.host,
  target: facts.target,
  userAgent: facts.userAgent,
})
