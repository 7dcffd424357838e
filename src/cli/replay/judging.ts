import type { UpstreamAddress } from '../../base/endpoint.ts'
import { createJudge } from '../../app/judge.ts'
import type { Answerer, JudgedSite } from '../../app/judge.ts'
import { NO_SENSES } from '../../app/world/senses.ts'
import { sitePlansOf } from '../../app/site-plan.ts'
import { createPolicyCompiler } from '../../app/site-policy.ts'
import type { RequestFacts } from '../../client/client.ts'
import type { Config } from '../../config/schema.ts'
import type { Verdict } from '../../policy/policy.ts'
import type { RateSpec, Senses } from '../../policy/senses.ts'
import { attachRates, createRates } from '../../rates/create.ts'
import type { LoneSenses } from '../explain/senses.ts'
import { createNoticing } from './unknowns.ts'
import type { Missed } from './unknowns.ts'

/** What rules say of one request of the log. */
export interface Judged {
  readonly site: string
  readonly verdict: Verdict
  /** What was asked and could not be known; undefined: nothing. */
  readonly missed: Missed | undefined
}

/** When a request came, and what became of it. */
export interface Then {
  /** Milliseconds since 1970. */
  readonly time: number | undefined
  readonly status: number | undefined
}

/** The rules of a configuration, in the time of the log. */
export interface Judging {
  /** Its `trusted_proxies`. */
  readonly trusted: readonly string[]
  answererOf(facts: RequestFacts): Answerer
  /** No promise unless a rule needs one. */
  judge(facts: RequestFacts, then: Then): Judged | Promise<Judged>
}

export interface JudgingParts {
  readonly config: Config
  readonly lone: Pick<LoneSenses, 'senses' | 'missing'>
  /** Names and block lists are looked up. */
  readonly asksDns: boolean
}

const NOWHERE: UpstreamAddress = { kind: 'unix', path: '/' }

const ratesOf = (config: Config): readonly RateSpec[] => {
  const { policyOf } = createPolicyCompiler(NO_SENSES)
  return sitePlansOf(config, NOWHERE).flatMap((plan) => policyOf(plan).rates)
}

/** Where the clock of the log begins, so that no window reaches back before its start. */
const LOG_START = 30 * 86_400_000

/** The clock of the log: the time of its latest line, counted from its first; it never goes back. */
const createLogClock = () => {
  let first: number | undefined
  let now = LOG_START
  return {
    now: () => now,
    advance(time: number | undefined): void {
      if (time === undefined) return
      first ??= time
      now = Math.max(now, LOG_START + time - first)
    },
  }
}

/** @throws when a policy does not compile; loading the configuration has told why. */
export const createJudging = ({ config, lone, asksDns }: JudgingParts): Judging => {
  const clock = createLogClock()
  const handle = createRates({ specs: ratesOf(config), capacity: config.rates.capacity })
  const rates = attachRates(handle, { owner: 1, clock: clock.now })
  const noticing = createNoticing(lone, asksDns)
  const senses: Senses = {
    ...noticing.senses,
    count: (spec, { client }) => rates.of(spec, client),
  }
  const judge = createJudge({ config, senses, wallClock: clock.now })

  // As the gateway notes it; nobody has a pass here, and nobody answers a challenge.
  const settle = (site: JudgedSite, verdict: Verdict, facts: RequestFacts, { status }: Then): Judged => {
    if (verdict.action === 'challenge' && site.mode === 'enforce') rates.note('challenges', facts.client)
    if (verdict.action !== 'deny' && status === 404) rates.note('not_found', facts.client)
    return { site: site.name, verdict, missed: noticing.taken() }
  }

  return {
    trusted: config.trusted_proxies,
    answererOf: judge.answererOf,
    judge(facts, then) {
      clock.advance(then.time)
      rates.note('requests', facts.client)
      rates.notePath(facts.client, facts.path)
      const site = judge.siteOf(facts)
      const verdict = site.policy.evaluate(noticing.facts(facts))
      return verdict instanceof Promise
        ? verdict.then((late) => settle(site, late, facts, then))
        : settle(site, verdict, facts, then)
    },
  }
}
