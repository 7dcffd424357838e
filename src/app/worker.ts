import { parentPort, workerData } from 'node:worker_threads'
import type { GateEvent } from '../base/event.ts'
import { createLog } from '../observe/log.ts'
import { watchLoopDelay } from '../observe/loop-delay.ts'
import { createTally } from '../observe/tally.ts'
import { assembleGateway } from './assemble.ts'
import { createClocks } from './clocks.ts'
import { openListeners } from './listener.ts'
import { attachMaps } from './maps.ts'
import type { FromWorker, ToWorker, WorkerStart } from './thread-message.ts'

const tell = (message: FromWorker): void => parentPort?.postMessage(message)

const start = async (parts: WorkerStart): Promise<void> => {
  const clocks = createClocks(parts.anchor)
  const log = createLog(parts.config.log)
  const tally = createTally({ ...parts.tally, now: clocks.monotonic })
  watchLoopDelay(tally)
  const onEvent = (event: GateEvent): void => {
    tally.record(event)
    log.onEvent(event)
  }
  const { gateway } = assembleGateway({
    config: parts.config,
    upstream: parts.upstream,
    keys: parts.keys,
    maps: attachMaps(parts.maps, parts.owner),
    clocks,
    onEvent,
  })
  const listeners = await openListeners({ gateway, listen: parts.listen, sharePorts: parts.sharePorts })
  parentPort?.on('message', (message: ToWorker) => {
    switch (message.say) {
      case 'drain':
        void listeners.drain(message.milliseconds).then(() => {
          log.flush()
          tell({ say: 'drained' })
        })
        return
      case 'reopen-log':
        log.reopen()
    }
  })
  tell({ say: 'listening', listen: listeners.addresses })
}

start(workerData as WorkerStart).catch((cause: unknown) => {
  tell({ say: 'cannot-listen', message: cause instanceof Error ? cause.message : String(cause) })
})
