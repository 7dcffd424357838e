import { expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { tableHas } from '../../src/base/range-table.ts'
import { parseList } from '../../src/lists/parse.ts'
import type { ListFormat, ParsedList } from '../../src/lists/parse.ts'

const parsed = (text: string, format: ListFormat = 'auto'): ParsedList => {
  const result = parseList(Buffer.from(text), { format, maxEntries: 2_000_000 })
  if (!result.ok) throw new Error(result.fault)
  return result.value
}

// By the time of the processor, because other tests run beside this one.
test('a million lines are read and packed in under 5 s, and asked in under 5 µs', () => {
  const numbers = Array.from({ length: 1_000_000 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 0)
  const body = Buffer.from(
    numbers.map((at) => `${at >>> 24}.${(at >>> 16) & 255}.${(at >>> 8) & 255}.${at & 255}`).join('\n'),
  )
  const started = process.cpuUsage().user
  const result = parseList(body, { format: 'auto', maxEntries: 1_000_000 })
  expect((process.cpuUsage().user - started) / 1000).toBeLessThan(5000)
  const table = result.ok ? result.value.table : new Uint32Array(3)
  expect(result).toMatchObject({ ok: true, value: { entries: 1_000_000, malformed: 0 } })
  expect(table.byteLength).toBeLessThan(8_000_100)
  expect(table.buffer).toBeInstanceOf(SharedArrayBuffer)
  const asked = process.cpuUsage().user
  const found = numbers.filter((number) => tableHas(table, [0, 0, 0xffff, number])).length
  expect((process.cpuUsage().user - asked) / numbers.length).toBeLessThan(5)
  expect(found).toBe(1_000_000)
})

test.each([
  ['192.0.2.1\n192.0.2.2', 2],
  ['\uFEFF192.0.2.1', 1],
  ['# 192.0.2.9\n;192.0.2.9\n192.0.2.1#x\n192.0.2.2;y', 2],
  ['', 0],
  ['\n\r\n \t\n', 0],
])('%j has %i entries', (text, entries) => expect(parsed(text)).toMatchObject({ entries, malformed: 0 }))

test('format lines reads JSON as lines, and json reads nothing else', () => {
  expect(parseList(Buffer.from('["192.0.2.1"]'), { format: 'lines', maxEntries: 9 }).ok).toBe(false)
  expect(parseList(Buffer.from('192.0.2.1'), { format: 'json', maxEntries: 9 }).ok).toBe(false)
  expect(parsed('"192.0.2.1"', 'json').entries).toBe(1)
})

test('a document that is nested deeper than 32 levels is refused', () => {
  const text = `${'['.repeat(40)}"192.0.2.1"${']'.repeat(40)}`
  expect(parseList(Buffer.from(text), { format: 'auto', maxEntries: 9 })).toEqual({
    ok: false,
    fault: 'is nested deeper than 32 levels',
  })
})

test.each(['0.0.0.0/0', '128.0.0.0/1', '96.0.0.0/3', '::/0', '2000::/3'])(
  'a list with %s is refused',
  (range) => {
    expect(parseList(Buffer.from(range), { format: 'auto', maxEntries: 9 })).toEqual({
      ok: false,
      fault: 'has a range that holds too much of all addresses',
    })
  },
)

test.each(['224.0.0.0/3', '10.0.0.0/8', '16.0.0.0/4', '2400::/6', '8000::/1'])(
  'a list may have %s',
  (range) => {
    const address = parseAddress(range.split('/')[0]!)!
    expect(tableHas(parsed(range).table, address.words)).toBe(true)
  },
)
