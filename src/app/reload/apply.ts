import type { UpstreamAddress } from '../../base/endpoint.ts'
import type { Config } from '../../config/schema.ts'
import type { ListKeeping } from '../world/list-keeping.ts'
import type { LogSlot } from '../log-slot.ts'
import type { Planner } from './planner.ts'
import type { Supervisor } from '../supervisor.ts'
import type { Sweeping } from '../sweeping.ts'
import type { Tallies } from './tallies.ts'
import type { GatewayPlan } from '../thread-message.ts'

/** Puts a configuration in force in the whole process; rejects when it cannot be, and then nothing has changed. */
export const createApply = (parts: {
  readonly supervisor: Pick<Supervisor, 'reload' | 'tellAll'>
  readonly planner: Planner
  readonly tallies: Pick<Tallies, 'adopt'>
  readonly log: LogSlot
  readonly lists: ListKeeping
  readonly sweeping: Sweeping
  readonly fallbackOf: (config: Config) => Promise<UpstreamAddress>
  readonly isStopping: () => boolean
  readonly running: () => GatewayPlan
  readonly onDone: (plan: GatewayPlan) => void
}): ((config: Config) => Promise<void>) => {
  const { supervisor, lists } = parts

  const turnOver = async (config: Config): Promise<void> => {
    const running = parts.running()
    const plan = parts.planner.plan(config, await parts.fallbackOf(config), running)
    const log = parts.log.prepare(config.log)
    try {
      await lists.prepare(config.lists)
      const fault = await supervisor.reload(plan)
      if (fault !== undefined) throw new Error(fault)
    } catch (cause) {
      parts.log.discard(log)
      await lists.adopt(running.config.lists)
      throw cause
    }
    parts.tallies.adopt(plan.tally)
    parts.log.adopt(log)
    parts.onDone(plan)
  }

  return async (config) => {
    if (parts.isStopping()) throw new Error('the gateway is stopping')
    await turnOver(config)
    await lists.adopt(config.lists)
    supervisor.tellAll({ say: 'keep-lists', names: Object.keys(config.lists) })
    await parts.sweeping.setInterval(config.store.cleanup_interval)
  }
}
