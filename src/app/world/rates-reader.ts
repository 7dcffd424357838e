import type { MonotonicClock } from '../../decay-map/decay-map.ts'
import { attachRates } from '../../rates/create.ts'
import type { Rates, RatesHandle, RateTableStats } from '../../rates/rates.ts'

/** Number of the main thread in shared memory. */
const MAIN_OWNER = 1

/** The figures of the counts that rules ask for now, for metrics. */
export const createRatesReader = (
  running: () => RatesHandle,
  clock: MonotonicClock,
): (() => readonly RateTableStats[]) => {
  let attached: Rates | undefined
  return () => {
    const handle = running()
    if (attached?.handle !== handle) attached = attachRates(handle, { owner: MAIN_OWNER, clock })
    return attached.stats()
  }
}
