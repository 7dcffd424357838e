import type { DecayMap } from '../../src/decay-map/decay-map.ts'
import { bucketOf } from '../../src/decay-map/key-hash.ts'
import { ENTRIES, FREE, HIGH_WATER, LIVE, LOCK, NEXT, PLACE } from '../../src/decay-map/layout.ts'
import { deadlineOf, slotAt, stripeAt, tableOf } from '../../src/decay-map/table.ts'
import type { Table } from '../../src/decay-map/table.ts'

/** Everything that does not add up in a map that nobody uses at the moment; empty when all is well. */
export function auditDecayMap(map: DecayMap): string[] {
  const table = tableOf(map.handle)
  const faults: string[] = []
  let entries = 0
  for (let stripe = 0; stripe < table.stripes; stripe++) {
    const base = stripeAt(table, stripe)
    entries += table.words[base + LIVE]!
    const say = (fault: string) => faults.push(`stripe ${stripe}: ${fault}`)
    if (table.words[base + LOCK] !== 0) say('is locked')
    auditHeap(table, base, say)
    auditChains(table, base, say)
    auditFree(table, base, say)
  }
  if (entries !== table.words[ENTRIES])
    faults.push(`${entries} entries are counted as ${table.words[ENTRIES]}`)
  if (entries > map.handle.capacity) faults.push(`${entries} entries are above the capacity`)
  return faults
}

type Say = (fault: string) => void

function auditHeap(table: Table, base: number, say: Say): void {
  for (let place = 0; place < table.words[base + LIVE]!; place++) {
    const slot = table.words[base + table.heapAt + place]!
    const parent = table.words[base + table.heapAt + ((place - 1) >> 2)]!
    const deadline = deadlineOf(table, base, slot)
    if (slot < 1 || slot > table.slots) say(`heap place ${place} holds ${slot}`)
    if (table.words[slotAt(table, base, slot) + PLACE] !== place) say(`slot ${slot} does not know its place`)
    if (!(deadline > 0)) say(`slot ${slot} is in the heap without an entry`)
    if (place > 0 && deadlineOf(table, base, parent) > deadline)
      say(`heap place ${place} ends before its parent`)
  }
}

function auditChains(table: Table, base: number, say: Say): void {
  const seen = new Set<number>()
  for (let bucket = base + table.bucketsAt; bucket < base + table.bucketsAt + table.slots; bucket++) {
    let slot = table.words[bucket]!
    while (slot !== 0 && !seen.has(slot)) {
      const at = slotAt(table, base, slot)
      seen.add(slot)
      if (bucketOf(table, base, at) !== bucket) say(`slot ${slot} is in a wrong chain`)
      if (!(deadlineOf(table, base, slot) > 0)) say(`slot ${slot} is in a chain without an entry`)
      slot = table.words[at + NEXT]!
    }
    if (slot !== 0) say(`slot ${slot} is met twice`)
  }
  if (seen.size !== table.words[base + LIVE])
    say(`${seen.size} in chains, ${table.words[base + LIVE]} counted`)
}

function auditFree(table: Table, base: number, say: Say): void {
  const seen = new Set<number>()
  for (let slot = table.words[base + FREE]!; slot !== 0;) {
    if (seen.has(slot)) return say(`the free list turns back to ${slot}`)
    seen.add(slot)
    if (deadlineOf(table, base, slot) !== 0) say(`free slot ${slot} holds an entry`)
    slot = table.words[slotAt(table, base, slot) + NEXT]!
  }
  const used = table.words[base + LIVE]! + seen.size
  if (used !== table.words[base + HIGH_WATER]) say(`${table.words[base + HIGH_WATER]! - used} slots are lost`)
}
