/** Sets of addresses as one flat table, which threads can share and search without allocating. */
import type { Words } from './address.ts'
import { joinIntervals } from './interval-join.ts'

/**
 * Disjoint intervals, sorted. A head of three words (how many of IPv4, of IPv6, and in all after joining), then the
 * first words of the IPv4 intervals, their last words, and the IPv6 intervals as eight words each. An interval that
 * reaches over IPv4 and IPv6 stands in both parts.
 */
export type RangeTable = Uint32Array

const HEAD = 3
const MAPPED = 0xffff
const EVERYTHING = 0xffffffff

/** Collects intervals in any order; they may overlap. */
export interface RangePacker {
  /** How many were added. */
  readonly added: number
  /** Both ends included. */
  add(first: ArrayLike<number>, last: ArrayLike<number>): void
  /** The joined and sorted table, in shared memory when `shared` is true. */
  pack(shared?: boolean): RangeTable
}

/** A growing list of intervals of `2 × width` words each. */
const createRows = (width: number) => {
  let rows = new Uint32Array(64 * 2 * width)
  let used = 0
  return {
    get words() {
      return rows.subarray(0, used)
    },
    push(first: ArrayLike<number>, last: ArrayLike<number>, from: number): void {
      if (used === rows.length) {
        const larger = new Uint32Array(rows.length * 2)
        larger.set(rows)
        rows = larger
      }
      for (let word = from; word < 4; word++) rows[used++] = first[word]!
      for (let word = from; word < 4; word++) rows[used++] = last[word]!
    },
  }
}

const isBefore = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  for (let word = 0; word < 4; word++) if (a[word] !== b[word]) return a[word]! < b[word]!
  return false
}

const isMapped = (words: ArrayLike<number>): boolean =>
  words[0] === 0 && words[1] === 0 && words[2] === MAPPED

const MAPPED_FIRST = [0, 0, MAPPED, 0]
const MAPPED_LAST = [0, 0, MAPPED, EVERYTHING]

const fillTable = (v4: Uint32Array, v6: Uint32Array, size: number, shared: boolean): RangeTable => {
  const length = HEAD + v4.length + v6.length
  const table = shared ? new Uint32Array(new SharedArrayBuffer(4 * length)) : new Uint32Array(length)
  const count4 = v4.length / 2
  table.set([count4, v6.length / 8, size])
  for (let row = 0; row < count4; row++) {
    table[HEAD + row] = v4[2 * row]!
    table[HEAD + count4 + row] = v4[2 * row + 1]!
  }
  table.set(v6, HEAD + v4.length)
  return table
}

/** A million intervals take 8 MB (IPv4) or 32 MB (IPv6), and as much again while they are packed. */
export const createRangePacker = (): RangePacker => {
  const v4 = createRows(1)
  const v6 = createRows(4)
  let added = 0
  let across = 0
  return {
    get added() {
      return added
    },
    add(first, last) {
      added++
      if (isMapped(first) && isMapped(last)) {
        v4.push(first, last, 3)
        return
      }
      v6.push(first, last, 0)
      if (isBefore(last, MAPPED_FIRST) || isBefore(MAPPED_LAST, first)) return
      across++
      v4.push(
        isBefore(first, MAPPED_FIRST) ? MAPPED_FIRST : first,
        isBefore(MAPPED_LAST, last) ? MAPPED_LAST : last,
        3,
      )
    },
    pack(shared = false) {
      const joined4 = joinIntervals(v4.words, 1)
      const joined6 = joinIntervals(v6.words, 4)
      const twice = across === 0 ? 0 : crossings(joined6)
      return fillTable(joined4, joined6, joined4.length / 2 + joined6.length / 8 - twice, shared)
    },
  }
}

/** How many of the joined IPv6 intervals stand with a part of theirs among those of IPv4 too; at most two. */
const crossings = (v6: Uint32Array): number => {
  let many = 0
  for (let at = 0; at < v6.length; at += 8) {
    const apart =
      isBefore(v6.subarray(at + 4, at + 8), MAPPED_FIRST) || isBefore(MAPPED_LAST, v6.subarray(at, at + 4))
    if (!apart) many++
  }
  return many
}

/** How many disjoint ranges are left after joining what overlaps or touches. */
export const tableSize = (table: RangeTable): number => table[2]!

const has4 = (table: RangeTable, address: number): boolean => {
  const many = table[0]!
  let low = 0
  let high = many
  while (low < high) {
    const middle = (low + high) >>> 1
    if (table[HEAD + middle]! <= address) low = middle + 1
    else high = middle
  }
  return low > 0 && table[HEAD + many + low - 1]! >= address
}

const isAfter = (table: RangeTable, at: number, words: Words): boolean => {
  if (table[at] !== words[0]) return table[at]! > words[0]
  if (table[at + 1] !== words[1]) return table[at + 1]! > words[1]
  if (table[at + 2] !== words[2]) return table[at + 2]! > words[2]
  return table[at + 3]! > words[3]
}

const has6 = (table: RangeTable, words: Words): boolean => {
  const start = HEAD + 2 * table[0]!
  let low = 0
  let high = table[1]!
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isAfter(table, start + 8 * middle, words)) high = middle
    else low = middle + 1
  }
  if (low === 0) return false
  const last = start + 8 * low - 4
  return (
    isAfter(table, last, words) ||
    (table[last] === words[0] &&
      table[last + 1] === words[1] &&
      table[last + 2] === words[2] &&
      table[last + 3] === words[3])
  )
}

/** Whether one of the intervals holds the address, by binary search; allocates nothing. */
export const tableHas = (table: RangeTable, words: Words): boolean =>
  words[0] === 0 && words[1] === 0 && words[2] === MAPPED ? has4(table, words[3]) : has6(table, words)
