import { KEY_BYTES, TAGS } from './decay-map.ts'
import type { DecayMap, DecayMapHandle, DecayMapStats, MonotonicClock, SweepSlice } from './decay-map.ts'
import { ENTRIES, EVICTIONS, LIVE, LOCK, REMOVED } from './layout.ts'
import { Stripe } from './stripe.ts'
import { Sweep } from './sweep.ts'
import { deadlineOf, stripeAt, tableOf } from './table.ts'
import type { Table } from './table.ts'

/** How often an entry that found no room may lose the room made for it to other threads. */
const ATTEMPTS = 10_000

/** Stripes that are looked at, all in all, to find what a dead thread has left in the sum. */
const LOOKS = 100_000

/** Thrown by `set` on a full map that refuses new entries. */
export class DecayMapFullError extends Error {
  override readonly name = 'DecayMapFullError'
}

/** One thread's view of the map. */
export class SharedMap implements DecayMap {
  readonly handle: DecayMapHandle
  readonly name: string
  readonly valueBytes: number
  private readonly table: Table
  private readonly stripe: Stripe
  private readonly clock: MonotonicClock
  private readonly sweeping: Sweep

  constructor(handle: DecayMapHandle, owner: number, clock: MonotonicClock) {
    this.handle = handle
    this.name = handle.name
    this.valueBytes = handle.valueBytes
    this.clock = clock
    this.table = tableOf(handle)
    this.stripe = new Stripe({ ...handle, table: this.table, clock, owner })
    this.sweeping = new Sweep(this.table, this.stripe, clock)
  }

  set(key: Uint8Array, value: Uint8Array, lifetime: number): void {
    if (this.put(key, value, lifetime, true) === 'full') throw new DecayMapFullError(`${this.name} is full`)
  }

  add(key: Uint8Array, value: Uint8Array, lifetime: number): 'added' | 'present' | 'full' {
    return this.put(key, value, lifetime, false)
  }

  get(key: Uint8Array, into?: Uint8Array): Uint8Array | undefined {
    checkKey(key)
    if (into && into.length < this.valueBytes) throw new RangeError(`values of ${this.name} need more room`)
    this.stripe.enter(key)
    try {
      const slot = this.stripe.living()
      return slot === 0 ? undefined : this.copy(slot, into)
    } finally {
      this.stripe.leave()
    }
  }

  has(key: Uint8Array): boolean {
    checkKey(key)
    this.stripe.enter(key)
    try {
      return this.stripe.living() !== 0
    } finally {
      this.stripe.leave()
    }
  }

  take(key: Uint8Array): Uint8Array | undefined {
    checkKey(key)
    this.stripe.enter(key)
    try {
      const slot = this.stripe.living()
      if (slot === 0) return undefined
      const value = this.copy(slot, undefined)
      this.stripe.drop(slot)
      return value
    } finally {
      this.stripe.leave()
    }
  }

  delete(key: Uint8Array): boolean {
    checkKey(key)
    this.stripe.enter(key)
    try {
      const slot = this.stripe.living()
      if (slot !== 0) this.stripe.drop(slot)
      return slot !== 0
    } finally {
      this.stripe.leave()
    }
  }

  sweep(budget: number): SweepSlice {
    return this.sweeping.slice(budget)
  }

  stats(): DecayMapStats {
    const { name, capacity, memory } = this.handle
    const removedByTag = Array.from({ length: TAGS }, (_, tag) => this.sum(REMOVED + 2 * tag))
    return {
      name,
      entries: Atomics.load(this.table.words, ENTRIES),
      capacity,
      bytes: memory.byteLength,
      evictions: this.sum(EVICTIONS),
      removed: removedByTag.reduce((sum, removed) => sum + removed, 0),
      removedByTag,
    }
  }

  recover(owner: number): void {
    for (let stripe = 0; stripe < this.table.stripes; stripe++) {
      this.stripe.recoverAt(stripeAt(this.table, stripe), owner)
    }
    this.settleCount()
  }

  /**
   * A thread that dies between the sum and its stripe's number leaves the sum too high. So does, for a moment, every
   * thread at work; but it holds its lock meanwhile, and never in all of many looks: the least difference is what
   * the dead have left.
   */
  private settleCount(): void {
    const { words, stripes } = this.table
    let ahead = Number.POSITIVE_INFINITY
    for (let looks = Math.ceil(LOOKS / stripes); looks > 0 && ahead > 0; looks--) {
      const entries = Atomics.load(words, ENTRIES)
      const living = this.countLiving()
      if (living >= 0 && Atomics.load(words, ENTRIES) === entries) ahead = Math.min(ahead, entries - living)
    }
    if (ahead > 0 && ahead < Number.POSITIVE_INFINITY) Atomics.sub(words, ENTRIES, ahead)
  }

  /** The sum of the stripes' numbers; -1 while somebody is at work on one of them. */
  private countLiving(): number {
    let living = 0
    for (let stripe = 0; stripe < this.table.stripes; stripe++) {
      const base = stripeAt(this.table, stripe)
      if (Atomics.load(this.table.words, base + LOCK) !== 0) return -1
      living += Atomics.load(this.table.words, base + LIVE)
    }
    return living
  }

  private copy(slot: number, into: Uint8Array | undefined): Uint8Array {
    const value = into ?? new Uint8Array(this.valueBytes)
    this.stripe.read(slot, value)
    return value
  }

  private put(
    key: Uint8Array,
    value: Uint8Array,
    lifetime: number,
    replace: boolean,
  ): 'added' | 'present' | 'full' {
    checkKey(key)
    if (value.length > this.valueBytes) throw new RangeError(`a value is too long for ${this.name}`)
    if (!(lifetime > 0 && lifetime < Number.POSITIVE_INFINITY))
      throw new RangeError('a lifetime must be positive')
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const outcome = this.tryPut(key, value, lifetime, replace)
      if (outcome !== 'full' || !this.makeRoomElsewhere()) return outcome
    }
    return 'full'
  }

  private tryPut(
    key: Uint8Array,
    value: Uint8Array,
    lifetime: number,
    replace: boolean,
  ): 'added' | 'present' | 'full' {
    this.stripe.enter(key)
    try {
      return this.stripe.put(value, lifetime, replace)
    } finally {
      this.stripe.leave()
    }
  }

  /** The key's own stripe has nothing to give: true when another one had, or when room came of itself. */
  private makeRoomElsewhere(): boolean {
    const { table, handle } = this
    const now = this.clock()
    for (let stripe = 0; stripe < table.stripes; stripe++) {
      const base = stripeAt(table, stripe)
      if (table.words[base + LIVE] === 0) continue
      if (handle.atCapacity === 'refuse' && deadlineOf(table, base, table.words[base + table.heapAt]!) > now)
        continue
      if (this.makeRoomAt(base)) return true
    }
    return handle.atCapacity === 'evict'
  }

  private makeRoomAt(base: number): boolean {
    this.stripe.enterAt(base)
    try {
      return this.handle.atCapacity === 'evict' ? this.stripe.evict() : this.stripe.removeDecayed(1) > 0
    } finally {
      this.stripe.leave()
    }
  }

  private sum(counter: number): number {
    let total = 0
    for (let stripe = 0; stripe < this.table.stripes; stripe++) {
      total += this.table.doubles[(stripeAt(this.table, stripe) + counter) >>> 1]!
    }
    return total
  }
}

function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`)
}
