import type { UpstreamAddress } from '../base/endpoint.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Config } from '../config/schema.ts'
import { createDecayMap } from '../decay-map/create.ts'
import { decide, observed } from '../gateway/decide.ts'
import type { CheckPass } from '../gateway/decide.ts'
import type { Decision } from '../gateway/decision.ts'
import { createSites } from '../gateway/sites.ts'
import { createVisitors } from '../gateway/visitor.ts'
import { isWellFormed } from '../gateway/well-formed.ts'
import { createPassCookie } from '../pass/cookie.ts'
import { signingKeysOf } from '../pass/keys.ts'
import type { KeyMaterial } from '../pass/keys.ts'
import type { PassCheck } from '../pass/pass.ts'
import { createPasses, REFUSED_VALUE_BYTES } from '../pass/passes.ts'
import { KNOWN_VALUE_BYTES } from '../pass/remembered.ts'
import type { Policy, TrailStep, Verdict } from '../policy/policy.ts'
import type { Senses } from '../policy/senses.ts'
import { sitePlansOf } from './site-plan.ts'
import type { SitePlan } from './site-plan.ts'
import { createPolicyCompiler } from './site-policy.ts'

/** What a configuration would do with requests, without a gateway that runs. */
export interface JudgeParts {
  readonly config: Config
  /** What the rules may ask of the world. */
  readonly senses: Senses
  /** The key that signs passes; without it no pass can be checked, and none counts. */
  readonly keys?: KeyMaterial
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
}

/** A site as far as decisions go. */
export interface JudgedSite {
  readonly name: string
  readonly mode: 'enforce' | 'observe'
  readonly policy: Policy
}

/** Who answers a request: the rules decide, or the gateway itself answers before any rule is asked. */
export type Answerer = 'rules' | 'bad_request' | 'own_path'

/** What a request's passes came to; `unchecked`: there is one, but no key to check it with. */
export type JudgedPass = PassCheck | { readonly state: 'unchecked' }

/** One request's way through the rules. */
export interface Judgement {
  readonly site: JudgedSite
  readonly verdict: Verdict
  readonly trail: readonly TrailStep[]
  /** Undefined: the rules did not ask for one. */
  readonly pass: JudgedPass | undefined
  readonly decision: Decision
}

export interface Judge {
  /** Never throws. */
  answererOf(facts: RequestFacts): Answerer
  /** The site that the gateway would pick by the host. */
  siteOf(facts: RequestFacts): JudgedSite
  /** As the gateway decides; no promise unless a rule or a pass needs one. */
  decide(facts: RequestFacts): Decision | Promise<Decision>
  /** The same decision with the way that led to it. */
  judge(facts: RequestFacts): Promise<Judgement>
}

/** Nobody connects to it. */
const NOWHERE: UpstreamAddress = { kind: 'unix', path: '/' }

/** Passes of one request; more are not remembered. */
const REMEMBERED = 64

const mapOf = (name: string, valueBytes: number) =>
  createDecayMap({ name, capacity: REMEMBERED, valueBytes, atCapacity: 'evict' })

/** A pass that the running gateway has revoked is revoked in its memory alone. */
const NO_STORE = {
  issued: () => undefined,
  claim: () => ({ outcome: 'full' }) as const,
  revoke: () => undefined,
  isRevoked: () => false,
}

const checkerOf = ({ config, keys, wallClock }: JudgeParts): ((facts: RequestFacts) => Looked) => {
  const { bind, cookie: options, ttl } = config.pass
  const cookie = createPassCookie(options)
  const tokensOf = (facts: RequestFacts) =>
    cookie.tokensOf(facts.header('cookie'), facts.header('authorization'))
  if (keys === undefined) return (facts) => ({ state: tokensOf(facts).length === 0 ? 'absent' : 'unchecked' })
  const passes = createPasses({
    keys: signingKeysOf(keys),
    store: NO_STORE,
    known: mapOf('passes', KNOWN_VALUE_BYTES),
    refused: mapOf('refused', REFUSED_VALUE_BYTES),
    wallClock,
    ttl,
    onEvent: () => undefined,
  })
  return createVisitors({ passes, cookie, bind, domain: options.domain }).checkPass
}

type Looked = JudgedPass | Promise<JudgedPass>

/** A pass that cannot be checked opens nothing. */
const counted = (pass: JudgedPass): PassCheck => (pass.state === 'unchecked' ? { state: 'absent' } : pass)

const byMode = ({ mode }: JudgedSite, decision: Decision): Decision =>
  mode === 'observe' ? observed(decision) : decision

/**
 * Judges requests by the rules of a configuration exactly as its gateway would.
 *
 * @throws when a policy does not compile; loading the configuration has told why.
 */
export const createJudge = (parts: JudgeParts): Judge => {
  const compiler = createPolicyCompiler(parts.senses)
  const siteOfPlan = (plan: SitePlan): JudgedSite => ({
    name: plan.name,
    mode: plan.mode,
    policy: compiler.policyOf(plan),
  })
  const [first, ...rest] = sitePlansOf(parts.config, NOWHERE)
  const sites = createSites({
    otherwise: siteOfPlan(first),
    entries: rest.map((plan) => ({ hosts: plan.hosts, site: siteOfPlan(plan) })),
  })
  const look = checkerOf(parts)
  const check: CheckPass = (facts) => {
    const looked = look(facts)
    return looked instanceof Promise ? looked.then(counted) : counted(looked)
  }
  const siteOf = ({ client }: RequestFacts): JudgedSite => sites.of(client.host)
  const { base_path: basePath } = parts.config
  const isOwn = ({ path }: RequestFacts): boolean => path === basePath || path.startsWith(`${basePath}/`)

  return {
    siteOf,
    answererOf(facts) {
      if (!isWellFormed(facts)) return 'bad_request'
      return isOwn(facts) ? 'own_path' : 'rules'
    },
    decide(facts) {
      const site = siteOf(facts)
      const decision = decide(facts, site.policy, check)
      return decision instanceof Promise
        ? decision.then((late) => byMode(site, late))
        : byMode(site, decision)
    },
    async judge(facts) {
      const site = siteOf(facts)
      const { verdict, trail } = await site.policy.explain(facts)
      let pass: JudgedPass | undefined
      const decision = await decide(facts, { ...site.policy, evaluate: () => verdict }, async (asked) => {
        pass = await look(asked)
        return counted(pass)
      })
      return { site, verdict, trail, pass, decision: byMode(site, decision) }
    },
  }
}
