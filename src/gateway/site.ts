/** The seam of the room: what the gateway needs of a site. Types only. */
import type { Demand } from '../challenge/challenges.ts'
import type { RequestFacts } from '../client/client.ts'
import type { Policy } from '../policy/policy.ts'
import type { Tunnel } from '../proxy/tunnel.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { Decision } from './decision.ts'

/** How much work of which kind. */
export type Demanded = Pick<Demand, 'kind' | 'work'>

export interface StatusCodes {
  readonly CHALLENGE: number
  readonly DENY: number
}

/** A host, or a group of hosts, with its upstream and policy. */
export interface Site {
  /** The host pattern of the configuration, or `default`: a label of metrics. */
  readonly name: string
  readonly policy: Policy
  readonly upstream: Upstream
  /** Carries upgrades to the same upstream. */
  readonly tunnel: Tunnel
  /** `observe`: decide and count, but stop nobody. */
  readonly mode: 'enforce' | 'observe'
  readonly statusCodes: StatusCodes
  /** What a challenge asks where no rule says otherwise. */
  readonly usual: Demanded
}

/** All sites of a configuration. */
export interface Sites<One = Site> {
  /** The site of a `Host`: its exact name, else the longest `*.suffix`, else the default site. */
  of(host: string): One
}

/** From facts to a decision by the rules of a site. */
export type Decide = (site: Site, facts: RequestFacts) => Decision | Promise<Decision>
