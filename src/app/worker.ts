import { parentPort, workerData } from 'node:worker_threads'
import { createJournal } from '../observe/journal.ts'
import { createLog } from '../observe/log.ts'
import { watchLoopDelay } from '../observe/loop-delay.ts'
import { createTally } from '../observe/tally.ts'
import { assembleGateway } from './assemble.ts'
import { createClocks } from './clocks.ts'
import { createGenerations, type Generations } from './generations.ts'
import { openListeners } from './listener.ts'
import { createLogSlot, type LogSlot } from './log-slot.ts'
import { attachMaps } from './maps.ts'
import { NO_SENSES } from './senses.ts'
import type { FromWorker, GatewayPlan, ToWorker, WorkerStart } from './thread-message.ts'
import { createUpstreamPools } from './upstream-pools.ts'

const tell = (message: FromWorker): void => parentPort?.postMessage(message)

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const generationsOf = (parts: WorkerStart, log: LogSlot): Generations => {
  const { plan, keys, maps: handles, owner, anchor, row, journal } = parts
  const clocks = createClocks(anchor)
  const maps = attachMaps(handles, owner)
  const pools = createUpstreamPools()
  return createGenerations({
    first: plan,
    assemble: ({ config, upstream }, onEvent) =>
      assembleGateway({ config, upstream, keys, maps, clocks, pools, senses: NO_SENSES, onEvent }),
    log,
    tallyOf: ({ tally }) => createTally({ ...tally, row, now: clocks.monotonic }),
    journal: createJournal({ memory: journal, wallClock: Date.now }),
  })
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
  const log = createLogSlot(parts.plan.config.log, createLog)
  const generations = generationsOf(parts, log)
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
