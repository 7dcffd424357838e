import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { OnEvent, UpstreamFault } from '../base/event.ts'
import type { FaultCode } from '../base/error.ts'
import { referenceOf, type RandomBytes } from '../base/random.ts'
import { factsOf } from '../client/facts.ts'
import type { Identify } from '../client/identify.ts'
import type { PassCookie } from '../pass/cookie.ts'
import { forward } from '../proxy/forward.ts'
import { upstreamFaultOf } from '../proxy/upstream.ts'
import { createUpstreamRequestHeaders, type Introduction } from '../proxy/request-headers.ts'
import type { Act } from './act.ts'
import type { Turn } from './turn.ts'
import { decidedEventOf } from './decided.ts'
import type { Decision } from './decision.ts'
import type { Endpoints } from './endpoints.ts'
import { createRawResponse } from './raw-response.ts'
import type { Notes } from './notes.ts'
import type { Decide, Sites } from './site.ts'
import { isWellFormed } from './well-formed.ts'

/** The one way in. Neither method throws; both answer every request. */
export interface Gateway {
  handle(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

const FAULT_OF: Readonly<Record<UpstreamFault, FaultCode>> = {
  refused: 'upstream_unreachable',
  reset: 'upstream_unreachable',
  timeout: 'upstream_timeout',
  invalid: 'upstream_invalid',
  aborted: 'upstream_unreachable',
  other: 'upstream_unreachable',
}

export const createGateway = (parts: {
  readonly sites: Sites
  readonly identify: Identify
  readonly decide: Decide
  readonly act: Act
  readonly endpoints: Endpoints
  readonly cookie: PassCookie
  readonly notes?: Notes | undefined
  readonly random: RandomBytes
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly onEvent: OnEvent
}): Gateway => {
  const { sites, identify, act, endpoints, cookie, notes, onEvent } = parts
  const upstreamRequestHeaders = createUpstreamRequestHeaders()

  const tellDecided = (turn: Turn, decision: Decision): void =>
    onEvent(decidedEventOf(turn.site, turn.facts, turn.reference, decision))

  const headersFor = (turn: Turn, decision: Extract<Decision, { outcome: 'forward' }>): string[] => {
    const { facts, request, reference } = turn
    const introduction: Introduction = {
      client: facts.client,
      forwardedFor: identify.forwardedFor(request),
      action: decision.action,
      rule: decision.rule,
      level: decision.level,
      reference,
      withoutPasses: cookie.withoutPasses,
    }
    return upstreamRequestHeaders(request.rawHeaders, request.headers.connection, introduction)
  }

  const failed = (turn: Turn, code: UpstreamFault, cause: unknown): void =>
    onEvent({ name: 'upstream-failed', code, reference: turn.reference, cause })

  const watchNotFound = ({ facts, response }: Turn): void => {
    const notFound = notes?.notFound
    if (notFound) response.once('finish', () => response.statusCode === 404 && notFound(facts))
  }

  const pass = (turn: Turn, decision: Extract<Decision, { outcome: 'forward' }>): void => {
    watchNotFound(turn)
    forward({
      request: turn.request,
      response: turn.response,
      upstream: turn.site.upstream,
      headers: headersFor(turn, decision),
      setsPass: cookie.sets,
      clock: parts.clock,
      end: {
        answered: (milliseconds) => onEvent({ name: 'upstream-answered', milliseconds }),
        cut: (code, cause) => failed(turn, code, cause),
        unanswered(code, cause) {
          failed(turn, code, cause)
          act.fault(turn, FAULT_OF[code])
        },
      },
    })
  }

  const carryOut = (turn: Turn, decision: Decision): void | Promise<void> => {
    tellDecided(turn, decision)
    switch (decision.outcome) {
      case 'forward':
        return pass(turn, decision)
      case 'refuse':
        return act.refuse(turn)
      case 'challenge':
        return act.challenge(turn, decision)
    }
  }

  const broken = (turn: Turn, cause: unknown): void => {
    onEvent({ name: 'notice', level: 'error', message: `request ${turn.reference} failed`, cause })
    act.fault(turn, 'internal')
  }

  const judge = (turn: Turn): Decision | Promise<Decision> => {
    notes?.requested(turn.facts)
    return parts.decide(turn.site, turn.facts)
  }

  const route = (turn: Turn): void | Promise<void> => {
    if (!isWellFormed(turn.facts)) return act.fault(turn, 'bad_request')
    if (endpoints.owns(turn.facts.path)) return endpoints.handle(turn)
    const decision = judge(turn)
    return decision instanceof Promise
      ? decision.then((late) => carryOut(turn, late))
      : carryOut(turn, decision)
  }

  const turnOf = (request: IncomingMessage, response: ServerResponse): Turn => {
    const client = identify(request)
    const facts = factsOf(request, client)
    return { request, response, facts, site: sites.of(client.host), reference: referenceOf(parts.random) }
  }

  const openTunnel = (turn: Turn, decision: Decision, socket: Duplex, head: Buffer): void | Promise<void> => {
    if (decision.outcome !== 'forward') return carryOut(turn, decision)
    tellDecided(turn, decision)
    turn.site.tunnel.open(turn.request, socket, head, headersFor(turn, decision), (cause) => {
      failed(turn, upstreamFaultOf(cause), cause)
      act.fault(turn, 'upstream_unreachable')
    })
  }

  return {
    handle(request, response) {
      const turn = turnOf(request, response)
      try {
        route(turn)?.catch((cause: unknown) => broken(turn, cause))
      } catch (cause) {
        broken(turn, cause)
      }
    },
    upgrade(request, socket, head) {
      const response = createRawResponse(request, socket)
      const turn = turnOf(request, response)
      const open = async () =>
        isWellFormed(turn.facts) && !endpoints.owns(turn.facts.path)
          ? openTunnel(turn, await judge(turn), socket, head)
          : route(turn)
      open().catch((cause: unknown) => broken(turn, cause))
    },
  }
}
