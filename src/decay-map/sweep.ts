import type { MonotonicClock, SweepSlice } from './decay-map.ts'
import { LIVE } from './layout.ts'
import type { Stripe } from './stripe.ts'
import { deadlineOf, stripeAt } from './table.ts'
import type { Table } from './table.ts'

/** Entries removed while one lock is held: some ten microseconds. */
const PER_HOLD = 32

/** Walks the stripes in turn, slice by slice, looking only at the entry of each that ends first. */
export class Sweep {
  private readonly table: Table
  private readonly stripe: Stripe
  private readonly clock: MonotonicClock
  private cursor = 0

  constructor(table: Table, stripe: Stripe, clock: MonotonicClock) {
    this.table = table
    this.stripe = stripe
    this.clock = clock
  }

  slice(budget: number): SweepSlice {
    let removed = 0
    let skipped = 0
    for (let clean = 0; clean < this.table.stripes && removed < budget;) {
      const base = stripeAt(this.table, this.cursor)
      const gone = this.removeAt(base, Math.min(PER_HOLD, budget - removed))
      removed += Math.max(0, gone)
      if (gone > 0) clean = 0
      else {
        if (gone < 0) skipped++
        clean++
        this.cursor = (this.cursor + 1) % this.table.stripes
      }
    }
    return { removed, done: removed < budget && skipped === 0 }
  }

  /** Entries removed; -1 when another thread, perhaps a dead one, holds the stripe. */
  private removeAt(base: number, most: number): number {
    if (!this.mayHaveDecayed(base)) return 0
    if (!this.stripe.tryEnterAt(base)) return -1
    try {
      return this.stripe.removeDecayed(most)
    } finally {
      this.stripe.leave()
    }
  }

  /** Read without the lock: a wrong answer costs a lock, or leaves an entry to the next pass. */
  private mayHaveDecayed(base: number): boolean {
    const { table } = this
    if (table.words[base + LIVE] === 0) return false
    return deadlineOf(table, base, table.words[base + table.heapAt]!) <= this.clock()
  }
}
