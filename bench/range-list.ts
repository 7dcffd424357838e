/** A list of one million ranges: reading it and asking it. */
import { parseAddress } from '../src/base/address.ts'
import type { Address } from '../src/base/address.ts'
import { tableHas } from '../src/base/range-table.ts'
import { parseList } from '../src/lists/parse.ts'
import type { BenchRow } from './bench.ts'
import { micros } from './bench.ts'

const RANGES = 1_000_000
const ASKED = 200_000
const MOST_SECONDS = 5
const MOST_MICROS = 5

/** Apart from each other, so that nothing can be joined. */
const textOf = (index: number): string =>
  index % 4 === 3
    ? `2001:db8:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}::/64`
    : `${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.${(index % 8) * 16}/29`

const addressOf = (index: number): Address => {
  const address = parseAddress(textOf(index).split('/')[0] ?? '')
  if (address === undefined) throw new Error(textOf(index))
  return address
}

export const benchLists = (): BenchRow[] => {
  const body = Buffer.from(Array.from({ length: RANGES }, (_, index) => textOf(index)).join('\n'))
  const begun = performance.now()
  const parsed = parseList(body, { format: 'lines', maxEntries: RANGES })
  const seconds = (performance.now() - begun) / 1000
  if (!parsed.ok) throw new Error(parsed.fault)
  const addresses = Array.from({ length: ASKED }, (_, index) => addressOf((index * 7919) % RANGES))
  const asked = performance.now()
  let found = 0
  for (const { words } of addresses) if (tableHas(parsed.value.table, words)) found++
  const each = (performance.now() - asked) / ASKED / 1000
  if (found !== ASKED) throw new Error(`${ASKED - found} addresses were not found`)
  return [
    {
      work: 'a list of 1,000,000 ranges is read',
      figure: `${seconds.toFixed(2)} s`,
      reference: '–',
      ratio: '–',
      goal: `≤ ${MOST_SECONDS} s`,
      held: seconds <= MOST_SECONDS,
    },
    {
      work: 'an address is looked up in it',
      figure: micros(each),
      reference: '–',
      ratio: '–',
      goal: `≤ ${MOST_MICROS} µs`,
      held: each * 1e6 <= MOST_MICROS,
    },
  ]
}
