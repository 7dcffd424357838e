import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { layOutTally } from '../../src/app/reload/tallies.ts'
import type { FromWorker, GatewayPlan, ToWorker } from '../../src/app/thread-message.ts'
import { turnOver } from '../../src/app/reload/turnover.ts'
import { configOf } from './run.ts'

const plan: GatewayPlan = {
  generation: 7,
  config: configOf(''),
  upstream: { kind: 'unix', path: '/nowhere' },
  tally: layOutTally({ sites: [], kinds: [], maps: [] }, 1, undefined),
  rates: { capacity: 1, seed: [0, 0], tables: [] },
  geo: {},
}

/** A worker that answers as it is told to, in the next turn of the loop. */
class Fake extends EventEmitter {
  readonly heard: string[] = []
  readonly #answer: (message: ToWorker) => FromWorker | 'exit' | undefined

  constructor(answer: (message: ToWorker) => FromWorker | 'exit' | undefined) {
    super()
    this.#answer = answer
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message.say)
    const answer = this.#answer(message)
    setImmediate(() => {
      if (answer === 'exit') this.emit('exit', 1)
      else if (answer) this.emit('message', answer)
    })
  }
}

const good = () =>
  new Fake(({ say }) => {
    if (say === 'prepare') return { say: 'prepared', generation: 7 }
    return say === 'commit' ? { say: 'committed', generation: 7 } : undefined
  })
const broken = () =>
  new Fake(({ say }) =>
    say === 'prepare' ? { say: 'cannot-prepare', generation: 7, message: 'no room' } : undefined,
  )
const dying = (last: 'prepare' | 'commit') =>
  new Fake(({ say }) => {
    if (say === last) return 'exit'
    return say === 'prepare' ? { say: 'prepared', generation: 7 } : undefined
  })

const run = async (...workers: Fake[]) => {
  let agreed = 0
  const fault = await turnOver(workers, plan, () => (agreed += 1))
  return { fault, agreed, heard: workers.map(({ heard }) => heard.join()), left: workers.map(listenersOf) }
}
const listenersOf = (worker: Fake): number => worker.listenerCount('message') + worker.listenerCount('exit')

describe('a turnover', () => {
  test('commits everywhere once all are prepared, and leaves no listeners', async () => {
    expect(await run(good(), good())).toEqual({
      fault: undefined,
      agreed: 1,
      heard: ['prepare,commit', 'prepare,commit'],
      left: [0, 0],
    })
  })

  test('is discarded everywhere when one cannot, and nobody has agreed', async () => {
    expect(await run(good(), broken(), good())).toEqual({
      fault: 'no room',
      agreed: 0,
      heard: ['prepare,discard', 'prepare,discard', 'prepare,discard'],
      left: [0, 0, 0],
    })
  })

  test.each(['prepare', 'commit'] as const)('is not held up by a worker that ends at %s', async (last) => {
    const { fault, agreed, left } = await run(good(), dying(last))
    expect({ fault, agreed, left }).toEqual({ fault: undefined, agreed: 1, left: [0, 0] })
  })

  test('without any worker is agreed upon', async () => {
    expect(await run()).toMatchObject({ fault: undefined, agreed: 1 })
  })

  test('waits until every worker has taken it into use', async () => {
    const slow = good()
    const order: string[] = []
    slow.on('message', ({ say }: FromWorker) => order.push(say))
    await turnOver([good(), slow], plan, () => order.push('agreed'))
    order.push('done')
    expect(order).toEqual(['prepared', 'agreed', 'committed', 'done'])
  })
})
