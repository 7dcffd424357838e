import { TAGS } from './decay-map.ts'
import type { AtCapacity, MonotonicClock } from './decay-map.ts'
import { rise, settle, sink } from './heap.ts'
import { bucketAt, hashOf, stripeOf } from './key-hash.ts'
import { ENTRIES, EVICTIONS, FREE, HIGH_WATER, LIVE, LOCK, PLACE, REMOVED } from './layout.ts'
import { Lock, ownerOf } from './lock.ts'
import { repair } from './repair.ts'
import { BROKEN, claim, find, link, readValue, remove, tagOf, unlink, writeKey, writeValue } from './slot.ts'
import { count, deadlineOf, setDeadline, slotAt, stripeAt } from './table.ts'
import type { Table } from './table.ts'

export interface StripeParts {
  readonly table: Table
  readonly capacity: number
  readonly valueBytes: number
  readonly atCapacity: AtCapacity
  readonly clock: MonotonicClock
  readonly owner: number
}

/** One thread's hand on one stripe at a time, and the key it looks for there. */
export class Stripe {
  private readonly table: Table
  private readonly capacity: number
  private readonly valueBytes: number
  private readonly evicts: boolean
  private readonly clock: MonotonicClock
  private readonly lock: Lock
  /** True while the stripe is changed: still true when leaving means that an exception cut the change short. */
  private changing = false
  private base = 0
  private bucket = 0
  private k0 = 0
  private k1 = 0
  private k2 = 0
  private k3 = 0

  constructor(parts: StripeParts) {
    this.table = parts.table
    this.capacity = parts.capacity
    this.valueBytes = parts.valueBytes
    this.evicts = parts.atCapacity === 'evict'
    this.clock = parts.clock
    this.lock = new Lock(parts.table.words, parts.owner)
  }

  /** Locks the stripe of the key. */
  enter(key: Uint8Array): void {
    this.k0 = key[0]! | (key[1]! << 8) | (key[2]! << 16) | (key[3]! << 24)
    this.k1 = key[4]! | (key[5]! << 8) | (key[6]! << 16) | (key[7]! << 24)
    this.k2 = key[8]! | (key[9]! << 8) | (key[10]! << 16) | (key[11]! << 24)
    this.k3 = key[12]! | (key[13]! << 8) | (key[14]! << 16) | (key[15]! << 24)
    const hash = hashOf(this.table, this.k0, this.k1, this.k2, this.k3)
    const base = stripeAt(this.table, stripeOf(this.table, hash))
    this.bucket = bucketAt(this.table, base, hash)
    this.enterAt(base)
  }

  enterAt(base: number): void {
    this.base = base
    if (this.lock.acquire(base + LOCK) === 'robbed') repair(this.table, base)
  }

  tryEnterAt(base: number): boolean {
    this.base = base
    return this.lock.tryAcquire(base + LOCK)
  }

  /** Frees and repairs the stripe at `base` if `owner`, known to be gone, holds it. */
  recoverAt(base: number, owner: number): void {
    const word = Atomics.load(this.table.words, base + LOCK)
    if (ownerOf(word) !== owner || !this.lock.rob(base + LOCK, word)) return
    this.base = base
    repair(this.table, base)
    this.leave()
  }

  leave(): void {
    if (this.changing) {
      this.changing = false
      repair(this.table, this.base)
    }
    if (this.lock.release(this.base + LOCK)) return
    // Taken for dead while alive: two threads have written at once, so neither's chains can be trusted.
    this.enterAt(this.base)
    repair(this.table, this.base)
    this.leave()
  }

  /** The slot of the key if its entry lives, else 0. */
  living(): number {
    const slot = this.find()
    return slot !== 0 && deadlineOf(this.table, this.base, slot) > this.clock() ? slot : 0
  }

  read(slot: number, into: Uint8Array): void {
    readValue(this.table, this.base, slot, into, this.valueBytes)
  }

  drop(slot: number): void {
    this.changing = true
    if (!remove(this.table, this.base, slot)) repair(this.table, this.base)
    this.changing = false
  }

  put(value: Uint8Array, lifetime: number, replace: boolean): 'added' | 'present' | 'full' {
    const now = this.clock()
    const slot = this.find()
    const old = slot === 0 ? 0 : deadlineOf(this.table, this.base, slot)
    if (old > now && !replace) return 'present'
    const tag = slot === 0 ? 0 : this.tagOf(slot)
    this.changing = true
    let outcome: 'added' | 'full' = 'added'
    if (slot === 0) outcome = this.insert(value, now + lifetime, now)
    else this.overwrite(slot, value, now + lifetime)
    this.changing = false
    if (slot !== 0 && old <= now) count(this.table, this.base, REMOVED + 2 * tag)
    return outcome
  }

  /** Removes at most `most` decayed entries. */
  removeDecayed(most: number): number {
    const now = this.clock()
    let removed = 0
    for (; removed < most; removed++) {
      const slot = this.first()
      if (slot === 0 || deadlineOf(this.table, this.base, slot) > now) break
      count(this.table, this.base, REMOVED + 2 * this.tagOf(slot))
      this.drop(slot)
    }
    return removed
  }

  /** Removes the entry nearest its end. */
  evict(): boolean {
    const slot = this.first()
    if (slot === 0) return false
    this.countPassing(slot, this.clock())
    this.drop(slot)
    return true
  }

  private find(): number {
    const { table, base, bucket, k0, k1, k2, k3 } = this
    const slot = find(table, base, bucket, k0, k1, k2, k3)
    if (slot !== BROKEN) return slot
    repair(table, base)
    return find(table, base, bucket, k0, k1, k2, k3)
  }

  /** The slot whose entry ends first, 0 in an empty stripe. */
  private first(): number {
    const { table, base } = this
    return table.words[base + LIVE] === 0 ? 0 : table.words[base + table.heapAt]!
  }

  private overwrite(slot: number, value: Uint8Array, deadline: number): void {
    const { table, base } = this
    const place = table.words[slotAt(table, base, slot) + PLACE]!
    writeValue(table, base, slot, value, this.valueBytes)
    setDeadline(table, base, slot, deadline)
    if (table.words[base + table.heapAt + place] !== slot) repair(table, base)
    else settle(table, base, table.words[base + LIVE]!, place, slot, deadline)
  }

  private insert(value: Uint8Array, deadline: number, now: number): 'added' | 'full' {
    if (this.hasSlot() && this.reserve()) {
      this.fill(value, deadline)
      return 'added'
    }
    const first = this.first()
    if (first === 0 || (!this.evicts && deadlineOf(this.table, this.base, first) > now)) return 'full'
    this.countPassing(first, now)
    setDeadline(this.table, this.base, first, 0)
    if (unlink(this.table, this.base, first)) {
      this.refill(first, value, deadline)
      return 'added'
    }
    repair(this.table, this.base)
    return this.insert(value, deadline, now)
  }

  private hasSlot(): boolean {
    const { table, base } = this
    return table.words[base + FREE] !== 0 || table.words[base + HIGH_WATER]! < table.slots
  }

  /** Counts one more entry, in the stripe and in the sum, unless the map is full. */
  private reserve(): boolean {
    const { words } = this.table
    for (;;) {
      const entries = Atomics.load(words, ENTRIES)
      if (entries >= this.capacity) return false
      if (Atomics.compareExchange(words, ENTRIES, entries, entries + 1) === entries) {
        words[this.base + LIVE]! += 1
        return true
      }
    }
  }

  private fill(value: Uint8Array, deadline: number): void {
    const { table, base } = this
    const slot = claim(table, base)
    this.write(slot, value)
    rise(table, base, table.words[base + LIVE]! - 1, slot, deadline)
    setDeadline(table, base, slot, deadline)
  }

  /** Gives the first entry's slot, and its place in the count, to the new entry. */
  private refill(slot: number, value: Uint8Array, deadline: number): void {
    const { table, base } = this
    this.write(slot, value)
    sink(table, base, table.words[base + LIVE]!, 0, slot, deadline)
    setDeadline(table, base, slot, deadline)
  }

  private write(slot: number, value: Uint8Array): void {
    const { table, base } = this
    writeKey(table, base, slot, this.k0, this.k1, this.k2, this.k3)
    writeValue(table, base, slot, value, this.valueBytes)
    link(table, base, this.bucket, slot)
  }

  private countPassing(slot: number, now: number): void {
    const lives = deadlineOf(this.table, this.base, slot) > now
    count(this.table, this.base, lives ? EVICTIONS : REMOVED + 2 * this.tagOf(slot))
  }

  private tagOf(slot: number): number {
    return Math.min(TAGS - 1, tagOf(this.table, this.base, slot, this.valueBytes))
  }
}
