import { createRangeSet, parseRange } from '../base/address-range.ts'
import { createMac } from '../base/mac.ts'
import type { OnEvent } from '../base/event.ts'
import type { UpstreamAddress } from '../base/endpoint.ts'
import { createRandomBytes } from '../base/random.ts'
import { createChallenges } from '../challenge/challenges.ts'
import { createKinds, KIND_NAMES } from '../challenge/kinds.ts'
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
import type { Site } from '../gateway/site.ts'
import { createVisitors } from '../gateway/visitor.ts'
import type { RequestFacts } from '../client/client.ts'
import { createPages } from '../pages/create-pages.ts'
import { createPassCookie } from '../pass/cookie.ts'
import { secretFor, signingKeysOf, type KeyMaterial } from '../pass/keys.ts'
import { createPasses } from '../pass/passes.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { createTunnel } from '../proxy/tunnel.ts'
import { createUpstream } from '../proxy/upstream.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Clocks } from './clocks.ts'
import type { Maps } from './maps.ts'

/** Name of the site that a configuration without `sites` describes. */
export const ONLY_SITE = 'default'

/** Longer than any text a fingerprint is made of: a header line has an end. */
const LONGEST_FINGERPRINT = 65_536

/** @throws when the policy does not compile; `check` and the main thread have looked before. */
export const policyOf = (config: Config): Policy => {
  const compiled = compilePolicy({
    rules: config.bots,
    default: config.default,
    challenge: config.challenge,
    kinds: KIND_NAMES,
  })
  if (compiled.ok) return compiled.policy
  throw new TypeError(compiled.faults.map((fault) => `${fault.path.join('.')}: ${fault.message}`).join('; '))
}

const rangesOf = (texts: readonly string[]) =>
  createRangeSet(
    texts.map((text) => {
      const parsed = parseRange(text)
      if (!parsed.ok) throw new TypeError(`trusted_proxies: ${parsed.fault}`)
      return parsed.value
    }),
  )

export interface Assembly extends AsyncDisposable {
  readonly gateway: Gateway
}

/** Puts a gateway together for one thread. */
export const assembleGateway = (parts: {
  readonly config: Config
  readonly upstream: UpstreamAddress
  readonly keys: KeyMaterial
  readonly maps: Maps
  readonly clocks: Clocks
  readonly onEvent: OnEvent
}): Assembly => {
  const { config, maps, clocks, onEvent } = parts
  const random = createRandomBytes()
  const store = createMemoryStore({ open: maps.challenges, spent: maps.spent, revoked: maps.revoked })
  const upstream = createUpstream({ address: parts.upstream, timeouts: config.upstream_timeouts })
  const site: Site = { name: ONLY_SITE, policy: policyOf(config), upstream, mode: config.mode }
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
  const challenges = createChallenges({
    kinds: createKinds(),
    seal: createSeal({ key: secretFor(parts.keys, 'challenge seal') }),
    mac: createMac(secretFor(parts.keys, 'fingerprint'), LONGEST_FINGERPRINT),
    store,
    random,
    steadyClock: clocks.anchored,
    wallClock: Date.now,
    ttl: config.challenge.ttl,
    puzzles: config.challenge.puzzles,
    onEvent,
  })
  const { bind, cookie: cookieOptions } = config.pass
  const visitors = createVisitors({ passes, cookie, bind, domain: cookieOptions.domain })
  const act = createAct({
    site,
    basePath: config.base_path,
    challenges,
    pages,
    visitors,
    statusCodes: config.status_codes,
  })
  const strict = (facts: RequestFacts) => decide(facts, site.policy, visitors.checkPass)
  const lenient = async (facts: RequestFacts) => observed(await strict(facts))
  const usual = { kind: config.challenge.kind, work: config.challenge.work }
  const decideHere = config.mode === 'enforce' ? strict : lenient
  const endpoints = createEndpoints({
    basePath: config.base_path,
    act,
    pages,
    answer: createAnswer({ act, challenges, passes, cookie, visitors, usual }),
    challenge: createFreshChallenge({ act, pages, decide: strict, usual }),
    check: createCheck({ identify, decide: decideHere, site: site.name, onEvent }),
  })
  const gateway = createGateway({
    site,
    identify,
    decide: decideHere,
    act,
    endpoints,
    cookie,
    tunnel: createTunnel({ address: parts.upstream }),
    random,
    clock: clocks.monotonic,
    onEvent,
  })
  return { gateway, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() }
}
