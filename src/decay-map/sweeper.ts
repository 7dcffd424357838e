import { createMonotonicClock } from './clock.ts'
import type { DecayMap, MonotonicClock } from './decay-map.ts'

/** Longest delay of a timer in Node; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
const DEFAULT_SLICE = 512
const PAUSE_MS = 1
/** Pauses in a row that a stripe may stay locked before the pass gives up on it. */
const STALLS = 200

/** How one pass over one map ended. */
export interface SweepReport {
  /** Name of the map. */
  readonly map: string
  readonly result: 'ok' | 'failed'
  readonly removed: number
  /** From the first slice to the last, pauses included. */
  readonly milliseconds: number
  readonly cause?: unknown
}

/** Calls back once after `milliseconds`; answers what cancels it. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void

export interface SweeperParts {
  readonly maps: readonly DecayMap[]
  /** Milliseconds from the end of a pass to the start of the next; any length. */
  readonly interval: number
  readonly onSweep: (report: SweepReport) => void
  readonly clock?: MonotonicClock
  /** Entries removed between two pauses. */
  readonly sliceBudget?: number
  readonly setTimer?: SetTimer
  /** Between two slices. A millisecond unless said otherwise: requests come first. */
  readonly pause?: () => Promise<void>
}

export interface Sweeper extends AsyncDisposable {
  /** One pass over all maps, or the one that is running. Never rejects. */
  runPass(): Promise<void>
  /** Milliseconds since the last pass over the named map that ended well; null before the first. */
  sinceGoodPass(map: string): number | null
}

/** Removes decayed entries every `interval`, in small slices, until it is disposed of. */
export function createSweeper(parts: SweeperParts): Sweeper {
  const { maps, interval, onSweep, setTimer = systemTimer, pause = shortPause } = parts
  const { clock = createMonotonicClock(), sliceBudget = DEFAULT_SLICE } = parts
  if (!(interval > 0)) throw new RangeError('interval must be positive')
  const lastGood = new Map<string, number>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let cancel: () => void = () => {}

  async function sweepMap(map: DecayMap): Promise<void> {
    let removed = 0
    const start = clock()
    const report = (result: SweepReport['result']) => ({
      map: map.name,
      result,
      removed,
      milliseconds: clock() - start,
    })
    try {
      const sweptAll = await sliceBySlice(map, (more) => {
        removed += more
      })
      if (!sweptAll) return
      lastGood.set(map.name, clock())
      tell(report('ok'))
    } catch (cause) {
      tell({ ...report('failed'), cause })
    }
  }

  /** True when nothing decayed is left, false when the sweeper was stopped before. */
  async function sliceBySlice(map: DecayMap, onRemoved: (count: number) => void): Promise<boolean> {
    let stalls = 0
    while (!stopping.signal.aborted) {
      const slice = map.sweep(sliceBudget)
      onRemoved(slice.removed)
      if (slice.done) return true
      stalls = slice.removed > 0 ? 0 : stalls + 1
      if (stalls > STALLS) throw new Error(`a part of ${map.name} stayed locked`)
      await pause()
    }
    return false
  }

  /** A listener that throws must not end the sweeping. */
  function tell(report: SweepReport): void {
    try {
      onSweep(report)
    } catch {
      // The listener's own fault, and there is nobody else to tell.
    }
  }

  async function sweepAll(): Promise<void> {
    for (const map of maps) if (!stopping.signal.aborted) await sweepMap(map)
  }

  function runPass(): Promise<void> {
    running ??= sweepAll().finally(() => {
      running = undefined
    })
    return running
  }

  function schedule(remaining: number): void {
    if (stopping.signal.aborted) return
    const delay = Math.min(remaining, LONGEST_TIMER_MS)
    cancel = setTimer(() => {
      if (remaining > delay) schedule(remaining - delay)
      else void runPass().then(() => schedule(interval))
    }, delay)
  }

  schedule(interval)
  return {
    runPass,
    sinceGoodPass(map) {
      const at = lastGood.get(map)
      return at === undefined ? null : clock() - at
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      cancel()
      await running
    },
  }
}

/** Does not keep the process alive. */
function systemTimer(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, milliseconds).unref()
  return () => clearTimeout(timer)
}

function shortPause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS)
  })
}
