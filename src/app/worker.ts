import { parentPort, workerData } from 'node:worker_threads'
import type { OnEvent } from '../base/event.ts'
import { createJournal } from '../observe/journal.ts'
import { createLog } from '../observe/log.ts'
import { watchLoopDelay } from '../observe/loop-delay.ts'
import { createTally } from '../observe/tally.ts'
import { assembleGateway, type Assembly, type AssemblyParts } from './assemble.ts'
import { createClocks } from './clocks.ts'
import { createGenerations, type Generations } from './reload/generations.ts'
import { openListeners } from './listener.ts'
import { createLogSlot } from './log-slot.ts'
import { attachMaps } from './maps.ts'
import { createSurroundings, type Surroundings } from './world/surroundings.ts'
import type { FromWorker, GatewayPlan, ToWorker, WorkerStart } from './thread-message.ts'
import { createUpstreamPools } from './upstream-pools.ts'

const tell = (message: FromWorker): void => parentPort?.postMessage(message)

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** What all assemblies of a thread have in common. */
type Shared = Pick<AssemblyParts, 'keys' | 'maps' | 'clocks' | 'pools'>

const assemble = (
  { config, upstream, ...plan }: GatewayPlan,
  shared: Shared,
  surroundings: Surroundings,
  onEvent: OnEvent,
): Assembly => {
  using stack = new DisposableStack()
  const { senses, notes } = stack.use(surroundings.of({ config, upstream, ...plan }))
  const { gateway } = stack.use(assembleGateway({ ...shared, config, upstream, senses, notes, onEvent }))
  const held = stack.move()
  return { gateway, [Symbol.dispose]: () => held.dispose() }
}

const prepare = (generations: Generations, plan: GatewayPlan): void => {
  const { generation } = plan
  try {
    generations.prepare(plan)
    tell({ say: 'prepared', generation })
  } catch (cause) {
    tell({ say: 'cannot-prepare', generation, message: reasonOf(cause) })
  }
}

const start = async (parts: WorkerStart): Promise<void> => {
  const { plan: first, keys, owner, row } = parts
  const clocks = createClocks(parts.anchor)
  const shared = { keys, maps: attachMaps(parts.maps, owner), clocks, pools: createUpstreamPools() }
  const { passes } = shared.maps
  const surroundings = createSurroundings({ lists: parts.lists, passes, owner, clock: clocks.monotonic })
  const log = createLogSlot(first.config.log, createLog)
  const generations = createGenerations({
    first,
    assemble: (plan, onEvent) => assemble(plan, shared, surroundings, onEvent),
    log,
    tallyOf: ({ tally }) => createTally({ ...tally, row, now: clocks.monotonic }),
    journal: createJournal({ memory: parts.journal, wallClock: Date.now }),
  })
  watchLoopDelay(generations)
  const { listen, sharePorts } = parts
  const listeners = await openListeners({ gateway: generations.gateway, listen, sharePorts })
  parentPort?.on('message', (message: ToWorker) => {
    switch (message.say) {
      case 'drain':
        void listeners.drain(message.milliseconds).then(() => {
          log.flush()
          tell({ say: 'drained' })
        })
        return
      case 'reopen-log':
        return log.reopen()
      case 'list':
        return surroundings.lists.replace(message.handle)
      case 'keep-lists':
        return surroundings.lists.keep(message.names)
      case 'prepare':
        return prepare(generations, message.plan)
      case 'commit':
        if (generations.commit(message.generation)) tell({ ...message, say: 'committed' })
        return
      case 'discard':
        return generations.discard(message.generation)
    }
  })
  tell({ say: 'listening', listen: listeners.addresses })
}

start(workerData as WorkerStart).catch((cause: unknown) => {
  tell({ say: 'cannot-listen', message: reasonOf(cause) })
})
