import { factsFor } from '../client/facts.ts'
import { returnPathOf } from '../client/return-path.ts'
import type { RequestFacts } from '../client/client.ts'
import { challengeJsonOf } from '../challenge/present.ts'
import type { Pages } from '../pages/pages.ts'
import type { Act, Demanded } from './act.ts'
import type { Decision } from './decision.ts'
import type { Endpoint } from './endpoint.ts'
import { respond } from './respond.ts'

/** `GET B/challenge?for=PATH`: a challenge for the level that the path needs from this client. */
export const createFreshChallenge = (parts: {
  readonly act: Act
  readonly pages: Pages
  readonly decide: (facts: RequestFacts) => Decision | Promise<Decision>
  /** What a challenge asks where the path needs none. */
  readonly usual: Demanded
}): Endpoint => ({
  methods: ['GET', 'HEAD'],
  async answer(turn) {
    const query = new URLSearchParams(turn.facts.target.slice(turn.facts.path.length))
    const path = returnPathOf(query.get('for') ?? '/')
    const decision = await parts.decide(factsFor(turn.request, turn.facts.client, path))
    if (decision.outcome === 'refuse') return parts.act.refuse(turn)
    const demand = decision.outcome === 'challenge' ? decision : parts.usual
    const issued = await parts.act.issue(turn.facts, demand, path)
    const body = parts.pages.challengeDocument(challengeJsonOf(issued, parts.act.answerPath))
    respond(turn.request, turn.response, 200, body, ['Tollgate-Reference', turn.reference])
  },
})
