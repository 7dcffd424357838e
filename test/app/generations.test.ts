import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { OnEvent } from '../../src/base/event.ts'
import { createGenerations } from '../../src/app/reload/generations.ts'
import { createLogSlot } from '../../src/app/log-slot.ts'
import { LIVE_TALLIES } from '../../src/app/reload/tallies.ts'
import type { GatewayPlan } from '../../src/app/thread-message.ts'
import { createTallyMemory, tallyLayoutOf } from '../../src/observe/tally-layout.ts'
import { decidedEvent } from '../observe/events.ts'
import { configOf } from './run.ts'

const layout = tallyLayoutOf({ sites: [], kinds: [], maps: [] })
const config = configOf('')
const planOf = (generation: number, log = config.log): GatewayPlan => ({
  generation,
  config: { ...config, log },
  upstream: { kind: 'unix', path: '/nowhere' },
  tally: { layout, memory: createTallyMemory(layout, 1) },
  rates: { capacity: 1, seed: [0, 0], tables: [] },
  geo: {},
})

const setUp = () => {
  const told: string[] = []
  const ears: OnEvent[] = []
  const log = createLogSlot(config.log, ({ file = '' }) => ({
    onEvent: () => told.push(`log ${file === config.log.file ? 'first' : file}`),
    reopen: () => undefined,
    flush: () => undefined,
    lost: () => 0,
    close: () => told.push(`close ${file === config.log.file ? 'first' : file}`),
  }))
  const generations = createGenerations({
    first: planOf(0),
    log,
    journal: { record: () => undefined },
    tallyOf: ({ generation }) => ({
      record: () => told.push(`count ${generation}`),
      setLoopDelay: () => told.push(`loop ${generation}`),
    }),
    assemble: ({ generation }, onEvent) => {
      if (generation === 13) throw new Error('unlucky')
      ears[generation] = onEvent
      return {
        gateway: {
          handle: () => told.push(`handle ${generation}`),
          upgrade: () => told.push(`upgrade ${generation}`),
        },
        [Symbol.dispose]: () => told.push(`dispose ${generation}`),
      }
    },
  })
  return {
    generations,
    tell: (generation: number) => ears[generation]!(decidedEvent()),
    handle: () => generations.gateway.handle({} as IncomingMessage, {} as ServerResponse),
    /** What happened since it was last asked. */
    told: () => told.splice(0),
  }
}

describe('the gateways of a thread', () => {
  test('a request goes to the one in force; what is only prepared gets none', () => {
    const { generations, handle, told } = setUp()
    generations.prepare(planOf(1))
    handle()
    expect(generations.commit(1)).toBe(true)
    handle()
    expect(told()).toEqual(['handle 0', 'dispose 0', 'handle 1'])
  })

  test('what was discarded, never prepared or prepared again cannot be put in force', () => {
    const { generations, handle, told } = setUp()
    generations.prepare(planOf(1))
    generations.discard(1)
    generations.prepare(planOf(2))
    generations.prepare(planOf(3))
    expect([1, 2, 4].map((n) => generations.commit(n))).toEqual([false, false, false])
    handle()
    expect(told()).toEqual(['dispose 1', 'dispose 2', 'handle 0'])
    generations.discard(2)
    expect(generations.commit(3)).toBe(true)
  })

  test('a plan that cannot be carried out leaves everything as it was', () => {
    const { generations, handle, told } = setUp()
    expect(() => generations.prepare(planOf(13, { level: 'info', file: '/other' }))).toThrow('unlucky')
    expect(generations.commit(13)).toBe(false)
    handle()
    expect(told()).toEqual(['close /other', 'handle 0'])
  })

  test('another log is written to from the moment of the change, by late requests as well', () => {
    const { generations, tell, told } = setUp()
    generations.prepare(planOf(1, { level: 'info', file: '/other' }))
    tell(0)
    generations.commit(1)
    tell(0)
    tell(1)
    expect(told()).toEqual([
      'count 0',
      'log first',
      'dispose 0',
      'close first',
      'count 0',
      'log /other',
      'count 1',
      'log /other',
    ])
  })

  test('a request that outlives many reloads is counted in the newest tally, so that it is not lost', () => {
    const { generations, tell, told } = setUp()
    for (let n = 1; n <= LIVE_TALLIES; n += 1) {
      generations.prepare(planOf(n))
      generations.commit(n)
    }
    told()
    tell(0)
    tell(1)
    generations.setLoopDelay({ p50: 0, p99: 0, max: 0 })
    expect(told()).toEqual([
      `count ${LIVE_TALLIES}`,
      'log first',
      'count 1',
      'log first',
      `loop ${LIVE_TALLIES}`,
    ])
  })
})
