import { Agent } from 'undici'
import { createKeptList } from './kept-list.ts'
import type { KeptList } from './kept-list.ts'
import type { ListHandle, ListReport, ListStatus } from './lists.ts'
import type { ListOptions, ListsOptions } from './options.ts'

const TIMEOUT = 30_000
const FIRST_RETRY = 30_000
/** So many lists are fetched at once, because each may hold 64 MB while it is; the others wait. */
const AT_ONCE = 4

/** Calls once, later; answers how to call it off. */
export type Schedule = (run: () => void, milliseconds: number) => () => void

export interface ListsParts {
  readonly options: ListsOptions
  /** Where last good copies lie; undefined: in memory only. */
  readonly folder?: string | undefined
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** 0 ≤ x < 1, so that many gateways do not ask at the same moment. */
  readonly random: () => number
  readonly onList: (report: ListReport) => void
  /** Timers of the system that keep no process alive, unless a test drives its own. */
  readonly schedule?: Schedule
  /** Milliseconds that one attempt may take; 30,000 unless said otherwise. */
  readonly timeout?: number
}

/** The lists of the process; lives in the main thread. Parsing a million entries holds that thread for a second. */
export interface ListKeeper extends AsyncDisposable {
  /** Resolves when the copies on disk are in force; the first attempts then run, and `settled` waits for them. */
  start(): Promise<void>
  /** Resolves when each list has been tried once, at most the time of one attempt later. */
  settled(): Promise<void>
  /** After a reload: lists with the same name keep their copy. */
  configure(options: ListsOptions): Promise<void>
  /** One attempt now; undefined when there is no such list. */
  refresh(name: string): Promise<ListReport> | undefined
  /** The copies in force, for a new worker. */
  handles(): readonly ListHandle[]
  status(): readonly ListStatus[]
}

const systemSchedule: Schedule = (run, milliseconds) => {
  const timer = setTimeout(run, milliseconds).unref()
  return () => clearTimeout(timer)
}

/** After a failure soon, then less and less often, never less often than a good list. */
const delayOf = ({ failures, options }: KeptList, random: () => number): number => {
  const base = failures === 0 ? options.refresh : Math.min(options.refresh, FIRST_RETRY * 2 ** (failures - 1))
  return Math.round(base * (0.9 + 0.2 * random()))
}

const createTurns = (most: number) => {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running === most) await new Promise<void>((resolve) => void waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

export const createLists = (parts: ListsParts): ListKeeper => {
  const { schedule = systemSchedule, timeout = TIMEOUT } = parts
  const dispatcher = new Agent({ connections: AT_ONCE, connect: { timeout }, pipelining: 1 })
  const inTurn = createTurns(AT_ONCE)
  const lists = new Map<string, KeptList>()
  const timers = new Map<string, () => void>()
  let first: readonly Promise<unknown>[] = []

  const callOff = (name: string): void => {
    timers.get(name)?.()
    timers.delete(name)
  }
  const refresh = async (name: string, list: KeptList): Promise<ListReport> => {
    const report = await inTurn(() => list.refresh())
    if (lists.get(name) !== list) return report
    callOff(name)
    timers.set(
      name,
      schedule(() => void refresh(name, list), delayOf(list, parts.random)),
    )
    return report
  }
  const open = async (name: string, options: ListOptions): Promise<KeptList> => {
    const { clock, onList, folder } = parts
    const list = createKeptList({ name, options, folder, dispatcher, timeout, clock, onList })
    lists.set(name, list)
    await list.restore()
    return list
  }
  const close = async (name: string, list: KeptList): Promise<void> => {
    callOff(name)
    lists.delete(name)
    await list.stop()
  }
  const configure = async (options: ListsOptions): Promise<void> => {
    const gone = [...lists].filter(([name]) => !Object.hasOwn(options, name))
    await Promise.all(gone.map(([name, list]) => close(name, list)))
    for (const [name, list] of lists) {
      const next = options[name]
      if (next === undefined || JSON.stringify(next) === JSON.stringify(list.options)) continue
      list.update(next)
      void refresh(name, list)
    }
    const fresh = Object.entries(options).filter(([name]) => !lists.has(name))
    const opened = await Promise.all(fresh.map(async ([name, own]) => [name, await open(name, own)] as const))
    first = opened.map(([name, list]) => refresh(name, list))
  }
  return {
    start: () => configure(parts.options),
    settled: async () => void (await Promise.all(first)),
    configure,
    refresh: (name) => {
      const list = lists.get(name)
      return list && refresh(name, list)
    },
    handles: () => [...lists.values()].flatMap(({ handle }) => handle ?? []),
    status: () => [...lists.values()].map((list) => list.status()),
    async [Symbol.asyncDispose]() {
      await Promise.all([...lists].map(([name, list]) => close(name, list)))
      await dispatcher.destroy()
    },
  }
}
