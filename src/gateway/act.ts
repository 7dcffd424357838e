import { FAULTS, type FaultCode } from '../base/error.ts'
import type { OnEvent } from '../base/event.ts'
import { returnPathOf } from '../client/return-path.ts'
import type { Challenges, Issued } from '../challenge/challenges.ts'
import { challengeJsonOf } from '../challenge/present.ts'
import type { Pages } from '../pages/pages.ts'
import { ENDPOINTS, type ProblemJson } from '../protocol.ts'
import type { Decision } from './decision.ts'
import { faultedEventOf } from './faulted.ts'
import type { Notes } from './notes.ts'
import { respond } from './respond.ts'
import type { Demanded } from './site.ts'
import type { Turn } from './turn.ts'
import type { Visitors } from './visitor.ts'

/** What the gateway itself says: challenges, refusals and faults, each as a page or a problem document. */
export interface Act {
  challenge(turn: Turn, decision: Extract<Decision, { outcome: 'challenge' }>): void | Promise<void>
  refuse(turn: Turn): void
  fault(turn: Turn, code: FaultCode, extra?: readonly string[]): void
  problem(turn: Turn, problem: Omit<ProblemJson, 'type' | 'reference'>, extra?: readonly string[]): void
  issue(turn: Turn, demand: Demanded, returnPath?: string): Issued | Promise<Issued>
  /** Path that answers are posted to. */
  readonly answerPath: string
}

const REFUSED = ['Access refused', 'The rules of this site do not let this request in.'] as const
const CHALLENGED = [
  'Challenge required',
  'Solve the challenge, post the answer and repeat the request.',
] as const

export const createAct = (parts: {
  readonly basePath: string
  readonly challenges: Challenges
  readonly pages: Pages
  readonly visitors: Visitors
  readonly notes?: Notes | undefined
  readonly onEvent: OnEvent
}): Act => {
  const { pages, visitors } = parts
  const answerPath = parts.basePath + ENDPOINTS.answer
  const marks = ({ reference }: Turn, action: string): readonly string[] => [
    'Tollgate-Action',
    action,
    'Tollgate-Reference',
    reference,
  ]

  const problem: Act['problem'] = (turn, document, extra = []) => {
    const body = pages.problem({ type: 'about:blank', reference: turn.reference, ...document })
    respond(turn.request, turn.response, document.status, body, [
      'Tollgate-Reference',
      turn.reference,
      ...extra,
    ])
  }

  const issue: Act['issue'] = ({ facts, site }, { kind, work }, returnPath = facts.target) => {
    parts.notes?.challenged(facts)
    return parts.challenges.issue({
      kind,
      work,
      site: site.name,
      host: visitors.bearerOf(facts).host,
      returnPath: returnPathOf(returnPath),
    })
  }

  const showChallenge = (turn: Turn, issued: Issued): void => {
    const { request, response, facts, reference } = turn
    const challenge = challengeJsonOf(issued, answerPath)
    const status = turn.site.statusCodes.CHALLENGE
    if (facts.audience === 'page') {
      const gzip = facts.header('accept-encoding')?.includes('gzip') ?? false
      const page = pages.challengePage({ ...challenge, reference }, gzip)
      return respond(request, response, status, page, marks(turn, 'challenge'))
    }
    const [title, detail] = CHALLENGED
    problem(turn, { title, status, detail, challenge }, ['Tollgate-Action', 'challenge'])
  }

  const say = (turn: Turn, status: number, title: string, text: string, extra: readonly string[]): void => {
    if (turn.facts.audience === 'machine') return problem(turn, { title, status, detail: text }, extra)
    const { reference, facts } = turn
    const page = pages.refusalPage({ status, title, text, reference, returnPath: returnPathOf(facts.target) })
    respond(turn.request, turn.response, status, page, ['Tollgate-Reference', reference, ...extra])
  }

  return {
    answerPath,
    problem,
    issue,
    challenge(turn, decision) {
      const issued = issue(turn, decision)
      return issued instanceof Promise
        ? issued.then((late) => showChallenge(turn, late))
        : showChallenge(turn, issued)
    },
    refuse: (turn) => say(turn, turn.site.statusCodes.DENY, ...REFUSED, ['Tollgate-Action', 'deny']),
    fault(turn, code, extra = []) {
      const [status, title, text] = FAULTS[code]
      parts.onEvent(faultedEventOf(turn, code))
      say(turn, status, title, text, extra)
    },
  }
}
