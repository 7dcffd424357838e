import { describe, expect, test } from 'vitest'
import { createSites } from '../../src/gateway/sites.ts'

const sitesOf = (...patterns: (string | readonly string[])[]) =>
  createSites<string>({
    otherwise: 'default',
    entries: patterns.map((hosts) => ({
      hosts: typeof hosts === 'string' ? [hosts] : hosts,
      site: String(hosts),
    })),
  })

describe('the site of a host', () => {
  const sites = sitesOf(
    'example.org',
    '*.example.org',
    '*.deep.example.org',
    'www.example.org',
    '[2001:db8::1]',
    ['a.test', 'b.test'],
  )

  test.each([
    ['example.org', 'example.org'],
    ['www.example.org', 'www.example.org'],
    ['other.example.org', '*.example.org'],
    ['x.deep.example.org', '*.deep.example.org'],
    ['y.x.deep.example.org', '*.deep.example.org'],
    ['deep.example.org', '*.example.org'],
    ['b.test', 'a.test,b.test'],
  ])('%s is %s: the exact name, else the longest suffix', (host, site) => {
    expect(sites.of(host)).toBe(site)
  })

  test.each(['EXAMPLE.org', 'example.org:8080', 'example.org.', 'Example.ORG.:443'])(
    '%s is example.org, whatever the case, the port and the last dot',
    (host) => expect(sites.of(host)).toBe('example.org'),
  )

  test.each([
    '',
    'org',
    'notexample.org',
    'example.org.evil.test',
    'example.org..',
    '.example.com',
    '*',
    'constructor',
    '__proto__',
    `${'a.'.repeat(20_000)}test`,
  ])('%j is the default', (host) => expect(sites.of(host)).toBe('default'))

  test('an IPv6 address is a host like any other', () => {
    expect(sites.of('[2001:db8::1]:8080')).toBe('[2001:db8::1]')
    expect(sites.of('[2001:db8::2]')).toBe('default')
  })

  test('a pattern that stands twice belongs to the first', () => {
    expect(sitesOf(['a.test'], ['A.test.', 'c.test']).of('a.test')).toBe('a.test')
  })

  test('without sites there is only the default', () => {
    expect(sitesOf().of('example.org')).toBe('default')
  })
})

test('a host of many dots that is nobody’s costs no time to speak of', () => {
  const sites = sitesOf('*.example.org')
  const host = 'a.'.repeat(127)
  const start = performance.now()
  for (let i = 0; i < 10_000; i += 1) sites.of(host)
  expect(performance.now() - start).toBeLessThan(5000)
})
