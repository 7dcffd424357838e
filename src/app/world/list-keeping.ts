import type { OnEvent } from '../../base/event.ts'
import { createLists, type ListKeeper } from '../../lists/create.ts'
import type { ListHandle, ListReport, ListResult, ListStatus } from '../../lists/lists.ts'
import type { ListsOptions } from '../../lists/options.ts'

/** A list as metrics show it. */
export interface KeptListStatus extends ListStatus {
  /** Attempts to renew it since the start, by how they ended. */
  readonly attempts: Readonly<Record<ListResult, number>>
}

/** The lists of the process, over all reloads. */
export interface ListKeeping extends AsyncDisposable {
  /** Lists that are new are fetched beside those that are in force; waits a little for them. Nothing goes yet. */
  prepare(options: ListsOptions): Promise<void>
  /** From now on these, and no others. */
  adopt(options: ListsOptions): Promise<void>
  handles(): readonly ListHandle[]
  status(): readonly KeptListStatus[]
}

/** How long a start or a reload waits for the first copies, in milliseconds; rules see them as soon as they come. */
const PATIENCE = 2000

const NONE: Readonly<Record<ListResult, number>> = { fresh: 0, unchanged: 0, refused: 0, failed: 0 }

const noticeOf = ({ list, result, entries, detail }: ListReport) => {
  const isBad = result === 'refused' || result === 'failed' || detail !== undefined
  const message = `list ${list}: ${result}, ${entries} entries${detail === undefined ? '' : `: ${detail}`}`
  return { name: 'notice', level: isBad ? 'warn' : 'info', message } as const
}

const atMost = (work: Promise<unknown>, milliseconds: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    work.then(() => resolve(), reject).finally(() => clearTimeout(timer))
  })

/** @param parts.onHandle Told of every copy that is in force now, for the workers. */
export const createListKeeping = (parts: {
  readonly options: ListsOptions
  readonly folder: string | undefined
  readonly wallClock: () => number
  readonly onHandle: (handle: ListHandle) => void
  readonly onEvent: OnEvent
}): ListKeeping => {
  let running = parts.options
  const attempts = new Map<string, Record<ListResult, number>>()
  const onList = (report: ListReport): void => {
    const counts = attempts.get(report.list) ?? { ...NONE }
    counts[report.result] += 1
    attempts.set(report.list, counts)
    if (report.result !== 'unchanged' || report.detail !== undefined) parts.onEvent(noticeOf(report))
    if (report.handle) parts.onHandle(report.handle)
  }
  const { folder, wallClock: clock } = parts
  const keeper: ListKeeper = createLists({ options: {}, folder, clock, random: Math.random, onList })
  return {
    async prepare(options) {
      await keeper.configure({ ...options, ...running })
      await atMost(keeper.settled(), PATIENCE)
      // Copies that lay on disk are in force without a report.
      for (const handle of keeper.handles()) parts.onHandle(handle)
    },
    async adopt(options) {
      running = options
      await keeper.configure(options)
      for (const name of attempts.keys()) if (!Object.hasOwn(options, name)) attempts.delete(name)
    },
    handles: () => keeper.handles(),
    status: () =>
      keeper.status().map((status) => ({ ...status, attempts: attempts.get(status.name) ?? NONE })),
    [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
  }
}
