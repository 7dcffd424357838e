import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ListenAddress } from '../base/endpoint.ts'
import type { OnEvent } from '../base/event.ts'
import type { WorkerStatus } from '../observe/worker-status.ts'
import type { FromWorker, GatewayPlan, ToWorker, WorkerStart } from './thread-message.ts'
import { turnOver } from './reload/turnover.ts'
import { ask } from './worker-talk.ts'

/** Keeps the worker threads alive. */
export interface Supervisor {
  /** As asked, with the ports that were found. */
  readonly addresses: readonly ListenAddress[]
  status(): readonly WorkerStatus[]
  reopenLogs(): void
  /** Also heard by workers that are only starting. */
  tellAll(message: ToWorker): void
  /** Puts a plan in force in all workers at once, or in none: then it says why not. */
  reload(plan: GatewayPlan): Promise<string | undefined>
  /** Resolves when every worker has finished its requests, or `milliseconds` later. */
  drain(milliseconds: number): Promise<void>
  /** Ends all threads at once. */
  kill(): Promise<void>
}

/** A worker that dies sooner than this after its start is replaced only after as long a pause. */
const SHORT_LIFE = 1_000
const FIRST_OWNER = 2
const OWNERS = 254
const DRAIN_SLACK = 2_000
/** Milliseconds that a reload waits for workers that were just starting when it came. */
const FOLLOW_TIME = 10_000

interface Seat {
  readonly number: number
  worker: Worker | undefined
  owner: number
  generation: number
  state: WorkerStatus['state']
  startedAt: number
  restarts: number
}

const entryPoint = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** @throws with the system's message when the addresses cannot be bound. */
export const superviseWorkers = async (parts: {
  readonly workers: number
  readonly plan: GatewayPlan
  readonly startOf: (
    plan: GatewayPlan,
    listen: readonly ListenAddress[],
    owner: number,
    row: number,
  ) => WorkerStart
  readonly listen: readonly ListenAddress[]
  /** Frees what a dead thread held in shared memory. */
  readonly recover: (owner: number) => void
  readonly onEvent: OnEvent
  readonly wallClock: () => number
}): Promise<Supervisor> => {
  let { listen, plan } = parts
  let stopping = false
  let nextOwner = 0
  const seats: Seat[] = []
  const progress = new EventEmitter()

  const replace = (seat: Seat, owner: number, cause: unknown): void => {
    parts.recover(owner)
    seat.worker = undefined
    seat.state = 'gone'
    progress.emit('step')
    if (stopping) return
    parts.onEvent({ name: 'worker', worker: seat.number, state: 'died', cause })
    seat.restarts += 1
    const pause = parts.wallClock() - seat.startedAt < SHORT_LIFE ? SHORT_LIFE : 0
    setTimeout(() => {
      if (!stopping) start(seat).catch((fault: unknown) => replace(seat, seat.owner, fault))
    }, pause)
  }

  /** A reload may have come between the start of a thread and its first word. */
  const catchUp = (seat: Seat): void => {
    const { worker } = seat
    if (!worker || seat.generation === plan.generation) return
    const { generation } = plan
    void turnOver([worker], plan, () => undefined).then((fault) => {
      if (fault !== undefined) void worker.terminate()
      else if (seat.worker === worker) seat.generation = generation
      progress.emit('step')
    })
  }

  const isUpToDate = (): boolean =>
    seats.every(({ worker, generation }) => worker === undefined || generation === plan.generation)

  /** Resolves when nobody is behind the plan in force, or has had time enough to follow. */
  const everybodyFollows = async (): Promise<void> => {
    const signal = AbortSignal.timeout(FOLLOW_TIME)
    while (!isUpToDate() && !signal.aborted) await once(progress, 'step', { signal }).catch(() => undefined)
  }

  const start = (seat: Seat): Promise<readonly ListenAddress[]> => {
    const owner = FIRST_OWNER + (nextOwner++ % OWNERS)
    // Unix sockets cannot be shared between threads.
    const mine = seat.number === 0 ? listen : listen.filter(({ kind }) => kind === 'tcp')
    const workerData = parts.startOf(plan, mine, owner, seat.number + 1)
    const worker = new Worker(entryPoint(), { workerData })
    const { generation } = plan
    Object.assign(seat, { worker, owner, generation, state: 'starting', startedAt: parts.wallClock() })
    return new Promise((resolve, reject) => {
      let cause: unknown
      worker.on('error', (error) => {
        cause = error
      })
      worker.on('message', (message: FromWorker) => {
        if (message.say === 'listening') {
          seat.state = 'ready'
          parts.onEvent({ name: 'worker', worker: seat.number, state: 'started' })
          catchUp(seat)
          resolve(message.listen)
        } else if (message.say === 'cannot-listen') {
          cause = new Error(message.message)
          void worker.terminate()
        }
      })
      worker.on('exit', (code) => {
        const wasReady = seat.state !== 'starting'
        const fault = cause ?? new Error(`worker thread ended with code ${code}`)
        if (wasReady) replace(seat, owner, fault)
        else {
          parts.recover(owner)
          reject(fault)
        }
      })
    })
  }

  const seatOf = (number: number): Seat => ({
    number,
    worker: undefined,
    owner: 0,
    generation: 0,
    state: 'starting',
    startedAt: parts.wallClock(),
    restarts: 0,
  })

  const kill = async (): Promise<void> => {
    stopping = true
    await Promise.all(seats.map(async (seat) => seat.worker?.terminate()))
  }

  const drained = async (seat: Seat, milliseconds: number): Promise<void> => {
    if (!seat.worker) return
    seat.state = 'draining'
    const isDone = ({ say }: FromWorker): boolean => say === 'drained'
    await ask(seat.worker, { say: 'drain', milliseconds }, isDone, milliseconds + DRAIN_SLACK)
  }

  for (let number = 0; number < parts.workers; number++) seats.push(seatOf(number))
  try {
    listen = await start(seats[0]!)
    await Promise.all(seats.slice(1).map(start))
  } catch (fault) {
    await kill()
    throw fault
  }

  return {
    addresses: listen,
    status: () =>
      seats.map(({ number, state, startedAt, restarts }) => ({
        worker: number,
        row: number + 1,
        state,
        startedAt,
        restarts,
      })),
    reopenLogs: () =>
      seats.forEach((seat) => seat.worker?.postMessage({ say: 'reopen-log' } satisfies ToWorker)),
    tellAll: (message) => seats.forEach(({ worker }) => worker?.postMessage(message)),
    async reload(next) {
      const workers = seats.flatMap(({ worker }) => worker ?? [])
      const fault = await turnOver(workers, next, () => {
        plan = next
        for (const seat of seats) {
          if (seat.worker && workers.includes(seat.worker)) seat.generation = next.generation
          else if (seat.state === 'ready') catchUp(seat)
        }
      })
      if (fault === undefined) await everybodyFollows()
      return fault
    },
    async drain(milliseconds) {
      stopping = true
      await Promise.all(seats.map((seat) => drained(seat, milliseconds)))
      await kill()
    },
    kill,
  }
}
