import type { UpstreamAddress } from '../base/endpoint.ts'
import { KIND_NAMES } from '../challenge/kinds.ts'
import type { Config } from '../config/schema.ts'
import type { TallySource } from '../observe/tally-layout.ts'
import type { LogSlot } from './log-slot.ts'
import { MAP_NAMES } from './maps.ts'
import { NO_SENSES } from './senses.ts'
import { sitePlansOf } from './site-plan.ts'
import { createPolicyCompiler } from './site-policy.ts'
import type { Supervisor } from './supervisor.ts'
import type { Sweeping } from './sweeping.ts'
import type { Tallies } from './tallies.ts'

/**
 * Everything of a configuration that is counted by name. Compiles its policies on the way.
 *
 * @throws when a policy does not compile.
 */
export const tallySourceOf = (config: Config, fallback: UpstreamAddress): TallySource => {
  const { policyOf } = createPolicyCompiler(NO_SENSES)
  return {
    sites: sitePlansOf(config, fallback).map((plan) => ({
      name: plan.name,
      rules: policyOf(plan).ruleNames,
    })),
    kinds: KIND_NAMES,
    maps: MAP_NAMES,
  }
}

/** Puts a configuration in force in the whole process; rejects when it cannot be, and then nothing has changed. */
export const createApply = (parts: {
  readonly supervisor: Pick<Supervisor, 'reload'>
  readonly tallies: Tallies
  readonly log: LogSlot
  readonly sweeping: Sweeping
  readonly fallbackOf: (config: Config) => Promise<UpstreamAddress>
  readonly isStopping: () => boolean
  readonly onDone: (config: Config) => void
}): ((config: Config) => Promise<void>) => {
  const { supervisor, tallies, sweeping } = parts
  let generation = 0
  return async (config) => {
    if (parts.isStopping()) throw new Error('the gateway is stopping')
    const upstream = await parts.fallbackOf(config)
    const tally = tallies.layOut(tallySourceOf(config, upstream))
    const log = parts.log.prepare(config.log)
    generation += 1
    const fault = await supervisor.reload({ generation, config, upstream, tally })
    if (fault !== undefined) {
      parts.log.discard(log)
      throw new Error(fault)
    }
    tallies.adopt(tally)
    parts.log.adopt(log)
    parts.onDone(config)
    await sweeping.setInterval(config.store.cleanup_interval)
  }
}
