import { createRangeSet, parseRange } from '../base/address-range.ts'
import { createMac } from '../base/mac.ts'
import type { OnEvent } from '../base/event.ts'
import type { UpstreamAddress } from '../base/endpoint.ts'
import { createRandomBytes, type RandomBytes } from '../base/random.ts'
import { createChallenges } from '../challenge/challenges.ts'
import { createKinds } from '../challenge/kinds.ts'
import { createSeal } from '../challenge/seal.ts'
import { createIdentify } from '../client/identify.ts'
import type { Config } from '../config/schema.ts'
import { createAct } from '../gateway/act.ts'
import { createAnswer } from '../gateway/answer.ts'
import { createCheck } from '../gateway/check.ts'
import { decide, observed } from '../gateway/decide.ts'
import { createEndpoints } from '../gateway/endpoints.ts'
import { createFreshChallenge } from '../gateway/fresh-challenge.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import type { Decide, Site } from '../gateway/site.ts'
import type { Notes } from '../gateway/notes.ts'
import { createSites } from '../gateway/sites.ts'
import { createVisitors, type Visitors } from '../gateway/visitor.ts'
import { createPages } from '../pages/create-pages.ts'
import { createPassCookie } from '../pass/cookie.ts'
import { secretFor, signingKeysOf, type KeyMaterial } from '../pass/keys.ts'
import { createPasses } from '../pass/passes.ts'
import type { Senses } from '../policy/senses.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { Clocks } from './clocks.ts'
import type { Maps } from './maps.ts'
import { sitePlansOf, type SitePlan } from './site-plan.ts'
import { createPolicyCompiler, type PolicyCompiler } from './site-policy.ts'
import type { UpstreamPools } from './upstream-pools.ts'

/** Longer than any text a fingerprint is made of: a header line has an end. */
const LONGEST_FINGERPRINT = 65_536

/** What an assembly is made from. */
export interface AssemblyParts {
  readonly config: Config
  /** Where a site goes that names no upstream. */
  readonly upstream: UpstreamAddress
  readonly keys: KeyMaterial
  readonly maps: Maps
  readonly clocks: Clocks
  readonly pools: UpstreamPools
  readonly senses: Senses
  /** Absent where no rule asks for what would be noted. */
  readonly notes?: Notes | undefined
  readonly onEvent: OnEvent
}

/** A gateway for one thread; disposing it gives its upstreams back and disturbs nothing that runs. */
export interface Assembly extends Disposable {
  readonly gateway: Gateway
}

const rangesOf = (texts: readonly string[]) =>
  createRangeSet(
    texts.map((text) => {
      const parsed = parseRange(text)
      if (!parsed.ok) throw new TypeError(`trusted_proxies: ${parsed.fault}`)
      return parsed.value
    }),
  )

const siteOf = (
  plan: SitePlan,
  { policyOf }: PolicyCompiler,
  pools: UpstreamPools,
  held: DisposableStack,
): Site => {
  const { upstream, tunnel } = held.use(pools.lease(plan.upstream, plan.upstream_timeouts))
  const { name, mode, challenge, status_codes: statusCodes } = plan
  const usual = { kind: challenge.kind, work: challenge.work }
  return { name, mode, upstream, tunnel, statusCodes, usual, policy: policyOf(plan) }
}

const sitesOf = (parts: AssemblyParts, held: DisposableStack) => {
  const [first, ...rest] = sitePlansOf(parts.config, parts.upstream)
  const compiler = createPolicyCompiler(parts.senses)
  const make = (plan: SitePlan): Site => siteOf(plan, compiler, parts.pools, held)
  return createSites({
    otherwise: make(first),
    entries: rest.map((plan) => ({ hosts: plan.hosts, site: make(plan) })),
  })
}

const challengesOf = ({ config, keys, clocks, onEvent }: AssemblyParts, store: Store, random: RandomBytes) =>
  createChallenges({
    kinds: createKinds(),
    seal: createSeal({ key: secretFor(keys, 'challenge seal') }),
    mac: createMac(secretFor(keys, 'fingerprint'), LONGEST_FINGERPRINT),
    store,
    random,
    steadyClock: clocks.anchored,
    wallClock: Date.now,
    ttl: config.challenge.ttl,
    puzzles: config.challenge.puzzles,
    onEvent,
  })

/** By the rules, whatever the mode of the site. */
const decideStrictly =
  ({ checkPass }: Visitors): Decide =>
  (site, facts) =>
    decide(facts, site.policy, checkPass)

const decideByMode =
  (strict: Decide): Decide =>
  (site, facts) => {
    const decision = strict(site, facts)
    if (site.mode === 'enforce') return decision
    return decision instanceof Promise ? decision.then(observed) : observed(decision)
  }

/**
 * Puts a gateway together for one thread.
 *
 * @throws when a policy does not compile; nothing is held then.
 */
export const assembleGateway = (parts: AssemblyParts): Assembly => {
  using stack = new DisposableStack()
  const { config, maps, clocks, notes, onEvent } = parts
  const random = createRandomBytes()
  const store = createMemoryStore({ open: maps.challenges, spent: maps.spent, revoked: maps.revoked })
  const identify = createIdentify({ trusted: rangesOf(config.trusted_proxies) })
  const pages = createPages({ basePath: config.base_path })
  const cookie = createPassCookie(config.pass.cookie)
  const passes = createPasses({
    keys: signingKeysOf(parts.keys),
    store,
    known: maps.passes,
    refused: maps.refused,
    wallClock: Date.now,
    ttl: config.pass.ttl,
    onEvent,
  })
  const challenges = challengesOf(parts, store, random)
  const { bind, cookie: cookieOptions } = config.pass
  const visitors = createVisitors({ passes, cookie, bind, domain: cookieOptions.domain })
  const act = createAct({ basePath: config.base_path, challenges, pages, visitors, notes, onEvent })
  const strict = decideStrictly(visitors)
  const decideHere = decideByMode(strict)
  const endpoints = createEndpoints({
    basePath: config.base_path,
    act,
    pages,
    answer: createAnswer({ act, challenges, passes, cookie, visitors, notes, onEvent }),
    challenge: createFreshChallenge({ act, pages, decide: strict }),
    check: createCheck({ identify, decide: decideHere, notes, onEvent }),
  })
  const gateway = createGateway({
    sites: sitesOf(parts, stack),
    identify,
    decide: decideHere,
    act,
    endpoints,
    cookie,
    notes,
    random,
    clock: clocks.monotonic,
    onEvent,
  })
  const held = stack.move()
  return { gateway, [Symbol.dispose]: () => held.dispose() }
}
