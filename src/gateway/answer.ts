import type { OnEvent } from '../base/event.ts'
import { returnPathOf } from '../client/return-path.ts'
import type { Challenges, Redemption } from '../challenge/challenges.ts'
import { challengeJsonOf } from '../challenge/present.ts'
import type { SealedChallenge } from '../challenge/seal.ts'
import type { PassCookie } from '../pass/cookie.ts'
import type { Passes } from '../pass/pass.ts'
import type { AnswerFault } from '../protocol.ts'
import type { Act } from './act.ts'
import type { Turn } from './turn.ts'
import { answerFormatOf, readAnswerFields, type AnswerFormat } from './answer-fields.ts'
import type { Endpoint } from './endpoint.ts'
import { faultedEventOf } from './faulted.ts'
import type { Notes } from './notes.ts'
import { respondEmpty } from './respond.ts'
import type { Visitors } from './visitor.ts'

/** Status and text of each way an answer can fail. */
const FAULTS: Readonly<Record<AnswerFault, readonly [status: number, title: string, detail: string]>> = {
  malformed: [400, 'Malformed answer', 'The answer does not have the form that this challenge asks for.'],
  wrong: [403, 'Wrong answer', 'The answer does not solve the challenge. It may be tried again.'],
  spent: [403, 'Already used', 'This challenge has been answered before.'],
  expired: [410, 'Challenge expired', 'The challenge is too old. A fresh one is enclosed.'],
  unknown: [410, 'Unknown challenge', 'The challenge is not known here. A fresh one is enclosed.'],
  busy: [503, 'Busy', 'The gateway cannot take answers right now. Please try again in a moment.'],
}

/** `POST B/answer`: judges an answer and, only on an explicit success, hands out a pass. */
export const createAnswer = (parts: {
  readonly act: Act
  readonly challenges: Challenges
  readonly passes: Passes
  readonly cookie: PassCookie
  readonly visitors: Visitors
  readonly notes?: Notes | undefined
  readonly onEvent: OnEvent
}): Endpoint => {
  const { act, challenges, visitors } = parts

  const admit = (turn: Turn, format: AnswerFormat, returnPath: string, extra: readonly string[]): void => {
    const location = format === 'form' ? ['Location', returnPathOf(returnPath)] : []
    respondEmpty(turn.request, turn.response, format === 'form' ? 303 : 204, [...location, ...extra])
  }

  const grant = async (turn: Turn, format: AnswerFormat, challenge: SealedChallenge, mintedAt: number) => {
    const held = await visitors.checkPass(turn.facts)
    // A cookie has room for one pass: a cheap one must not take the place of a dearer one.
    if (held.state === 'valid' && held.level > challenge.level)
      return admit(turn, format, challenge.returnPath, [])
    const { network } = visitors.bearerOf(turn.facts)
    const { id, host, level, kind } = challenge
    const token = await parts.passes.mint({ id, host, level, kind, mintedAt, network })
    const cookie = parts.cookie.issue(token, visitors.schemeOf(turn.facts), parts.passes.lifetime)
    admit(turn, format, challenge.returnPath, ['Set-Cookie', cookie])
  }

  const fail = async (turn: Turn, reason: AnswerFault, old?: SealedChallenge): Promise<void> => {
    const [status, title, detail] = FAULTS[reason]
    parts.onEvent(faultedEventOf(turn, reason))
    if (reason === 'wrong' || reason === 'malformed') parts.notes?.refused(turn.facts)
    if (status !== 410) return act.problem(turn, { title, status, detail, reason })
    const demand = old ? challenges.demandOf(old) : turn.site.usual
    const issued = await act.issue(turn, demand, old?.returnPath ?? '/')
    const challenge = challengeJsonOf(issued, act.answerPath)
    act.problem(turn, { title, status, detail, reason, challenge })
  }

  /** A spent challenge is no harm to a visitor who already holds what it would have bought. */
  const failSpent = async (turn: Turn, format: AnswerFormat, challenge: SealedChallenge): Promise<void> => {
    const held = await visitors.checkPass(turn.facts)
    if (held.state === 'valid' && held.level >= challenge.level)
      return admit(turn, format, challenge.returnPath, [])
    return fail(turn, 'spent')
  }

  const conclude = (turn: Turn, format: AnswerFormat, redemption: Redemption): Promise<void> => {
    switch (redemption.outcome) {
      case 'solved':
      case 'again':
        return grant(turn, format, redemption.challenge, redemption.mintedAt)
      case 'spent':
        return failSpent(turn, format, redemption.challenge)
      case 'wrong':
      case 'busy':
      case 'malformed':
      case 'expired':
      case 'unknown':
        return fail(turn, redemption.outcome, redemption.challenge)
    }
  }

  return {
    methods: ['POST'],
    async answer(turn) {
      const format = answerFormatOf(turn.facts.header('content-type'))
      if (!format) return act.fault(turn, 'unsupported_media_type')
      const fields = await readAnswerFields(turn.request, format)
      if (!fields) return fail(turn, 'malformed')
      const redemption = await challenges.redeem(fields, {
        host: visitors.bearerOf(turn.facts).host,
        fingerprint: visitors.fingerprintOf(turn.facts),
        reference: turn.reference,
      })
      return conclude(turn, format, redemption)
    },
  }
}
