import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { attachGeo, loadDatabases } from '../../src/geo/load.ts'
import type { Geo } from '../../src/geo/geo.ts'
import { writeMmdb } from './mmdb-writer.ts'
import type { MmdbOptions } from './mmdb-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-geo-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fileOf = (name: string, bytes: Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const addressOf = (text: string) => parseAddress(text)!

const countries: MmdbOptions['records'] = {
  '192.0.2.0/24': { country: { iso_code: 'DE', names: { en: 'Germany' } }, location: { accuracy_radius: 5 } },
  '198.51.100.128/25': { registered_country: { iso_code: 'FR' } },
  '203.0.113.7/32': { country_code: 'nl' },
  '2001:db8:1::/48': { country: 'JP' },
  '2001:db8:2::/48': { continent: { code: 'EU' }, is_anonymous: true, more: ['a', 1] },
}
const networks: MmdbOptions['records'] = {
  '192.0.2.0/24': { autonomous_system_number: 64_496, autonomous_system_organization: 'x'.repeat(400) },
  '198.51.100.0/24': { asn: 'AS64497' },
  '203.0.113.0/24': { asn: 4_200_000_000 },
  '2001:db8::/32': { asn: 'ASX' },
}

const opened = (options: { country?: string; asn?: string }): Geo => {
  const loaded = loadDatabases(options)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return attachGeo(structuredClone(loaded.value))
}

describe.each([24, 28, 32] as const)('databases with records of %i bits', (recordSize) => {
  const geo = opened({
    country: fileOf(`country-${recordSize}.mmdb`, writeMmdb({ records: countries, recordSize })),
    asn: fileOf(`asn-${recordSize}.mmdb`, writeMmdb({ records: networks, recordSize })),
  })

  test.each([
    ['192.0.2.1', 'DE'],
    ['::ffff:192.0.2.255', 'DE'],
    ['192.0.3.1', undefined],
    ['198.51.100.200', 'FR'],
    ['198.51.100.100', undefined],
    ['203.0.113.7', 'NL'],
    ['2001:db8:1::5', 'JP'],
    ['2001:db8:2::5', undefined],
    ['::1', undefined],
  ])('the country of %s is %s', (text, code) => expect(geo.country(addressOf(text))).toBe(code))

  test.each([
    ['192.0.2.1', 64_496],
    ['198.51.100.1', 64_497],
    ['203.0.113.1', 4_200_000_000],
    ['2001:db8::1', undefined],
    ['10.0.0.1', undefined],
  ])('the autonomous system of %s is %s', (text, number) => expect(geo.asn(addressOf(text))).toBe(number))
})

test('threads share the memory of a file', () => {
  const loaded = loadDatabases({ country: fileOf('shared.mmdb', writeMmdb({ records: countries })) })
  const memory = loaded.ok ? loaded.value.country : undefined
  expect(memory).toBeInstanceOf(SharedArrayBuffer)
  expect(loaded.ok && loaded.value.asn).toBeUndefined()
  const geo = attachGeo({ country: memory! })
  new Uint8Array(memory!).fill(0)
  expect(geo.country(addressOf('192.0.2.1'))).toBeUndefined()
})

test('without databases nothing is known', () => {
  const geo = opened({})
  expect([geo.country(addressOf('192.0.2.1')), geo.asn(addressOf('192.0.2.1'))]).toEqual([
    undefined,
    undefined,
  ])
})

describe('a database that cannot be used is a fault', () => {
  const good = writeMmdb({ records: networks })
  const circle = Buffer.from(good)
  circle.fill(0, 0, circle.indexOf(Buffer.alloc(16, 0), 6))

  test.each<[string, string, string]>([
    ['missing', join(folder, 'none.mmdb'), 'cannot be read (ENOENT)'],
    ['a folder', folder, 'is no regular file'],
    [
      'empty',
      fileOf('empty.mmdb', Buffer.alloc(0)),
      'is no database in the MaxMind DB format, or not a whole one',
    ],
    [
      'a text',
      fileOf('text.mmdb', Buffer.from('hello '.repeat(100))),
      'is no database in the MaxMind DB format, or not a whole one',
    ],
    [
      'cut at its end',
      fileOf('cut.mmdb', good.subarray(0, -90)),
      'is no database in the MaxMind DB format, or not a whole one',
    ],
    [
      'cut at its start',
      fileOf('headless.mmdb', good.subarray(2000)),
      'is no database in the MaxMind DB format, or not a whole one',
    ],
    ['a tree in a circle', fileOf('circle.mmdb', circle), 'holds no countries'],
    ['of another kind', fileOf('other.mmdb', good), 'holds no countries'],
  ])('%s', (_what, path, fault) => {
    expect(loadDatabases({ country: path })).toEqual({
      ok: false,
      faults: [{ key: 'country', fault: `${fault}: ${path}` }],
    })
  })

  test('and all faults are told at once', () => {
    const other = fileOf('countries.mmdb', writeMmdb({ records: countries }))
    const loaded = loadDatabases({ country: join(folder, 'none.mmdb'), asn: other })
    expect(loaded.ok ? [] : loaded.faults.map(({ key }) => key)).toEqual(['country', 'asn'])
  })
})
