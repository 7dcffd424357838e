import type { GateEvent, OnEvent } from '../../base/event.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import type { Journal } from '../../observe/journal.ts'
import type { Log } from '../../observe/log.ts'
import type { LoopDelay, Tally } from '../../observe/tally.ts'
import type { Assembly } from '../assemble.ts'
import type { LogSlot } from '../log-slot.ts'
import { LIVE_TALLIES } from './tallies.ts'
import type { GatewayPlan } from '../thread-message.ts'

/** The gateways of one worker thread: one that takes requests, and older ones that finish what they have begun. */
export interface Generations {
  /** Hands each request to the assembly that is in force when it comes. */
  readonly gateway: Gateway
  /** @throws when the plan cannot be carried out; nothing has changed then. */
  prepare(plan: GatewayPlan): void
  /** Puts what was prepared in force, from one request to the next. False when it is not there. */
  commit(generation: number): boolean
  discard(generation: number): void
  setLoopDelay(delay: LoopDelay): void
}

interface Generation {
  readonly number: number
  readonly assembly: Assembly
  readonly log: Log
  /** Undefined when its tally is not read any more. */
  tally: Tally | undefined
}

export const createGenerations = (parts: {
  readonly first: GatewayPlan
  readonly assemble: (plan: GatewayPlan, onEvent: OnEvent) => Assembly
  readonly log: LogSlot
  readonly tallyOf: (plan: GatewayPlan) => Tally
  readonly journal: Pick<Journal, 'record'>
}): Generations => {
  const { assemble, log: logs, tallyOf, journal } = parts

  const open = (plan: GatewayPlan, log: Log): Generation => {
    const tally = tallyOf(plan)
    const tell = (event: GateEvent): void => {
      // A request that outlives many reloads is told to those who still listen.
      const counting = generation.tally ?? current.tally ?? tally
      counting.record(event)
      journal.record(event)
      logs.onEvent(event)
    }
    const generation: Generation = {
      number: plan.generation,
      log,
      tally,
      assembly: assemble(plan, tell),
    }
    return generation
  }

  let current = open(parts.first, logs.prepare(parts.first.config.log))
  let prepared: Generation | undefined
  let live: readonly Generation[] = [current]

  const discard = (): void => {
    prepared?.assembly[Symbol.dispose]()
    if (prepared) logs.discard(prepared.log)
    prepared = undefined
  }

  return {
    gateway: {
      handle: (request, response) => current.assembly.gateway.handle(request, response),
      upgrade: (request, socket, head) => current.assembly.gateway.upgrade(request, socket, head),
    },
    prepare(plan) {
      discard()
      const log = logs.prepare(plan.config.log)
      try {
        prepared = open(plan, log)
      } catch (cause) {
        logs.discard(log)
        throw cause
      }
    },
    commit(generation) {
      if (prepared?.number !== generation) return false
      current.assembly[Symbol.dispose]()
      current = prepared
      prepared = undefined
      logs.adopt(current.log)
      live = [...live, current]
      if (live.length > LIVE_TALLIES) {
        live[0]!.tally = undefined
        live = live.slice(1)
      }
      return true
    },
    discard(generation) {
      if (prepared?.number === generation) discard()
    },
    setLoopDelay: (delay) => current.tally?.setLoopDelay(delay),
  }
}
