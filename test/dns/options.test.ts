import { expect, test } from 'vitest'
import { dnsSchema, dnsTtlSchema } from '../../src/dns/options.ts'

const faultsOf = (schema: typeof dnsSchema | typeof dnsTtlSchema, value: unknown): string[] => {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
}

test('nothing written is the resolver of the system, half a second and DroneBL', () => {
  expect(dnsSchema.parse(undefined)).toEqual({
    servers: [],
    timeout: 500,
    capacity: 10_000,
    blocklist: 'dnsbl.dronebl.org',
  })
  expect(dnsTtlSchema.parse(undefined)).toEqual({ forward: 300_000, reverse: 300_000 })
})

test('servers are written as Node reads them', () => {
  const servers = ['9.9.9.9', '127.0.0.1:5353', '2001:DB8::1', '[2001:db8::1]:53', '[::1]']
  expect(dnsSchema.parse({ servers }).servers).toEqual([
    '9.9.9.9',
    '127.0.0.1:5353',
    '2001:db8::1',
    '[2001:db8::1]:53',
    '::1',
  ])
})

test.each([
  [{ servers: ['dns.example'] }, 'servers.0 must be the address of a DNS server'],
  [{ servers: ['127.0.0.1:0'] }, 'servers.0 must be the address of a DNS server'],
  [{ servers: ['127.0.0.1:70000'] }, 'servers.0 must be the address of a DNS server'],
  [{ timeout: '1m' }, 'timeout must be at most 10s'],
  [{ capacity: 0 }, 'capacity must be at least 1'],
  [{ blocklist: 'local' }, 'blocklist must be the name of a DNS zone'],
  [{ server: [] }, ' Unrecognized key: "server"'],
])('%j is a fault', (value, fault) => {
  expect(faultsOf(dnsSchema, value)).toEqual([expect.stringContaining(fault)])
})

test.each([[{ reverse: '600' }], [{ forward: -1 }], [{ forward: 1.5 }], [{ forward: 604_801 }]])(
  'dns_ttl %j is a fault',
  (value) => {
    expect(faultsOf(dnsTtlSchema, value)).toEqual([
      expect.stringContaining('must be a whole number of seconds from 0 to 604800'),
    ])
  },
)
