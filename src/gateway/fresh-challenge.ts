import { factsFor } from '../client/facts.ts'
import { returnPathOf } from '../client/return-path.ts'
import { challengeJsonOf } from '../challenge/present.ts'
import type { Pages } from '../pages/pages.ts'
import type { Act } from './act.ts'
import type { Endpoint } from './endpoint.ts'
import { respond } from './respond.ts'
import type { Decide } from './site.ts'

/** `GET B/challenge?for=PATH`: a challenge for the level that the path needs from this client. */
export const createFreshChallenge = (parts: {
  readonly act: Act
  readonly pages: Pages
  /** Whatever the mode of the site. */
  readonly decide: Decide
}): Endpoint => ({
  methods: ['GET', 'HEAD'],
  async answer(turn) {
    const query = new URLSearchParams(turn.facts.target.slice(turn.facts.path.length))
    const path = returnPathOf(query.get('for') ?? '/')
    const decision = await parts.decide(turn.site, factsFor(turn.request, turn.facts.client, path))
    if (decision.outcome === 'refuse') return parts.act.refuse(turn)
    const demand = decision.outcome === 'challenge' ? decision : turn.site.usual
    const issued = await parts.act.issue(turn, demand, path)
    const body = parts.pages.challengeDocument(challengeJsonOf(issued, parts.act.answerPath))
    respond(turn.request, turn.response, 200, body, ['Tollgate-Reference', turn.reference])
  },
})
