import type { OnEvent } from '../base/event.ts'
import type { Identify } from '../client/identify.ts'
import { subrequestFactsOf } from '../client/facts.ts'
import { decidedEventOf } from './decided.ts'
import type { Decision } from './decision.ts'
import type { Endpoint } from './endpoint.ts'
import type { Notes } from './notes.ts'
import { respondEmpty } from './respond.ts'
import type { Decide } from './site.ts'

const ANSWERS = {
  forward: {
    status: 200,
    action: (decision: Decision) => ('action' in decision ? decision.action : 'allow'),
  },
  challenge: { status: 401, action: () => 'challenge' },
  refuse: { status: 403, action: () => 'deny' },
} as const

/** `B/check`: forward-auth. A front proxy asks on behalf of the original request. */
export const createCheck = (parts: {
  readonly identify: Identify
  readonly decide: Decide
  readonly notes?: Notes | undefined
  readonly onEvent: OnEvent
}): Endpoint => ({
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  async answer(turn) {
    const asked = parts.identify.trusts(turn.request)
      ? subrequestFactsOf(turn.request, turn.facts.client)
      : undefined
    const facts = asked ?? turn.facts
    parts.notes?.requested(facts)
    const decision = await parts.decide(turn.site, facts)
    parts.onEvent(decidedEventOf(turn.site, facts, turn.reference, decision))
    const { status, action } = ANSWERS[decision.outcome]
    respondEmpty(turn.request, turn.response, status, [
      'Tollgate-Action',
      action(decision),
      'Tollgate-Rule',
      decision.rule,
      'Tollgate-Level',
      String(decision.level),
      'Tollgate-Reference',
      turn.reference,
    ])
  },
})
