import type { UpstreamAddress } from '../../base/endpoint.ts'
import { KIND_NAMES } from '../../challenge/kinds.ts'
import type { Config } from '../../config/schema.ts'
import type { TallySource } from '../../observe/tally-layout.ts'
import { createRates } from '../../rates/create.ts'
import type { RateSpec } from '../../rates/rates.ts'
import { createGeoFiles } from '../world/geo-files.ts'
import { MAP_NAMES } from '../maps.ts'
import { NO_SENSES } from '../world/senses.ts'
import { sitePlansOf } from '../site-plan.ts'
import { createPolicyCompiler } from '../site-policy.ts'
import { layOutTally } from './tallies.ts'
import type { GatewayPlan } from '../thread-message.ts'

/** What the policies of a configuration need from the process around them. */
interface Needs {
  /** Everything that is counted by name. */
  readonly tally: TallySource
  readonly rates: readonly RateSpec[]
}

/** Makes the plans that workers carry out. */
export interface Planner {
  /**
   * A plan in which everything is kept that is the same in the plan before it.
   *
   * @throws when a policy does not compile, or a database cannot be read.
   */
  plan(config: Config, upstream: UpstreamAddress, before: GatewayPlan | undefined): GatewayPlan
}

const needsOf = (config: Config, fallback: UpstreamAddress): Needs => {
  const { policyOf } = createPolicyCompiler(NO_SENSES)
  const sites = sitePlansOf(config, fallback).map((plan) => ({ name: plan.name, policy: policyOf(plan) }))
  return {
    tally: {
      sites: sites.map(({ name, policy }) => ({ name, rules: policy.ruleNames })),
      kinds: KIND_NAMES,
      maps: MAP_NAMES,
    },
    rates: sites.flatMap(({ policy }) => policy.rates),
  }
}

/** @param rows One for each thread, the main one included. */
export const createPlanner = (rows: number): Planner => {
  const geoFiles = createGeoFiles()
  let generation = -1
  return {
    plan(config, upstream, before) {
      const { tally, rates } = needsOf(config, upstream)
      generation += 1
      return {
        generation,
        config,
        upstream,
        tally: layOutTally(tally, rows, before?.tally),
        rates: createRates({ specs: rates, capacity: config.rates.capacity, previous: before?.rates }),
        geo: geoFiles.load(config.databases),
      }
    },
  }
}
