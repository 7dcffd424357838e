import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { addressText, parseAddress } from '../../src/base/address.ts'
import { createRangeSet, parseRange } from '../../src/base/address-range.ts'
import type { AddressRange } from '../../src/base/address-range.ts'
import { joinedCidrs } from '../../src/cli/addresses/joined-cidrs.ts'
import { iplist2ruleCommand } from '../../src/cli/iplist2rule.ts'
import { policyOf } from '../policy/stage.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-iplist-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = async (text: string, ...args: string[]) => {
  const file = join(folder, 'list')
  writeFileSync(file, text)
  const { io, written } = captureIo()
  const status = await iplist2ruleCommand.run([file, '--name', 'mine', ...args], io)
  return { status, ...written, err: written.err.replaceAll(file, 'list') }
}
const rangeOf = (text: string): AddressRange => {
  const range = parseRange(text)
  if (!range.ok) throw new Error(`${text} ${range.fault}`)
  return range.value
}

describe('a list of lines', () => {
  const list = `# made today
10.128.0.0/9   ; the upper half
10.0.0.0/9
2001:db8:8000::/33
2001:db8::/33\r
192.0.2.7
192.0.2.7/32

192.0.2.6
`

  test('becomes one rule with its ranges sorted and joined', async () => {
    const { status, out, err } = await run(list)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^# Purpose: /)
    const rules: unknown = parse(out)
    expect(rules).toEqual([
      {
        name: 'mine',
        action: 'DENY',
        remote_addresses: ['10.0.0.0/8', '192.0.2.6/31', '2001:db8::/32'],
      },
    ])
    policyOf({ bots: rules })
  })

  test('takes action, weight and format from the flags', async () => {
    const { out } = await run('192.0.2.1', '--action', 'weigh', '--weight', '-3', '--format', 'json')
    const weighing = { name: 'mine', action: 'WEIGH', weight: { adjust: -3 } }
    expect(JSON.parse(out)).toEqual([{ ...weighing, remote_addresses: ['192.0.2.1/32'] }])
  })

  test('tells what is no range with its line, and goes on', async () => {
    const { status, out, err } = await run('192.0.2.1\n\nfoo\n10.0.0.1/8\n300.1.1.1\n')
    expect(status).toBe(0)
    expect(out).toContain('192.0.2.1/32')
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^list: line 3: "foo" must be an address or a range/),
      expect.stringMatching(/^list: line 4: "10\.0\.0\.1\/8" has bits set .* 10\.0\.0\.0\/8/),
      expect.stringMatching(/^list: line 5: "300\.1\.1\.1" /),
      '',
    ])
  })

  test('tells at most a hundred faults', async () => {
    const { err } = await run(`192.0.2.1\n${'foo\n'.repeat(250)}`)
    expect(err.trim().split('\n')).toHaveLength(101)
    expect(err).toContain('150 more are no ranges')
  })
})

describe('a JSON document', () => {
  test('gives every prefix in it, wherever it stands', async () => {
    const google = {
      creationTime: '2026-08-01T00:00:00.000000',
      prefixes: [{ ipv6Prefix: '2001:db8::/64' }, { ipv4Prefix: '192.0.2.0/27' }, { service: 'x' }],
    }
    const { out, err } = await run(JSON.stringify({ google, plain: ['198.51.100.4', 'not one', 7, null] }))
    expect(err).toBe('')
    const ranges = ['192.0.2.0/27', '198.51.100.4/32', '2001:db8::/64']
    expect(parse(out)).toMatchObject([{ remote_addresses: ranges }])
  })

  test('tells a broken prefix with its place', async () => {
    const { err } = await run('{"a": ["192.0.2.0/24", "10.0.0.1/8"]}')
    expect(err).toMatch(/^list: \$\.a\.1: "10\.0\.0\.1\/8" has bits set/)
  })

  test.each([
    ['is broken', '{"a": [', /is not JSON/],
    ['is nested without end', '['.repeat(5000) + ']'.repeat(5000), /nested deeper than 32/],
    ['has no address', '{"a": "b"}', /has no address/],
  ])('that %s is a fault', async (_what, text, message) => {
    const { status, out, err } = await run(text)
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(message)
  })
})

describe('the call', () => {
  test.each([
    ['an empty list', '# nothing\n', [], /has no address/],
    ['weight without WEIGH', '192.0.2.1', ['--weight', '3'], /--weight belongs to --action WEIGH/],
    ['an unknown action', '192.0.2.1', ['--action', 'BLOCK'], /--action must be one of/],
  ])('%s is a fault', async (_what, text, args, message) => {
    const { status, err } = await run(text, ...args)
    expect(status).toBe(1)
    expect(err).toMatch(message)
  })

  test('the name is needed', async () => {
    const { io, written } = captureIo()
    expect(await iplist2ruleCommand.run(['list'], io)).toBe(1)
    expect(written.err).toContain('--name is missing')
  })

  test('more than 100000 ranges are refused', async () => {
    const text = Array.from({ length: 100_001 }, (_, at) => addressText([0, 0, 0xffff, at * 2])).join('\n')
    expect((await run(text)).err).toMatch(/has more than 100000 ranges/)
  })
})

test('joined ranges hold the same addresses, and no two of them could be one', () => {
  const word = fc.integer({ min: 0, max: 40 })
  const v4 = fc.tuple(word, fc.integer({ min: 26, max: 32 })).map(([value, prefix]) => {
    const size = 2 ** (32 - prefix)
    return `192.0.2.${Math.floor(value / size) * size}/${prefix}`
  })
  const v6 = word.map((value) => `2001:db8::${(value * 2).toString(16)}/127`)
  fc.assert(
    fc.property(fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 30 }), (texts) => {
      const ranges = texts.map(rangeOf)
      const cidrs = joinedCidrs(ranges)
      const before = createRangeSet(ranges)
      const after = createRangeSet(cidrs.map(rangeOf))
      for (let at = 0; at < 128; at++) {
        for (const text of [`192.0.2.${at}`, `2001:db8::${at.toString(16)}`]) {
          const address = parseAddress(text)!
          expect(after.has(address)).toBe(before.has(address))
        }
      }
      expect(joinedCidrs(cidrs.map(rangeOf))).toEqual(cidrs)
      expect(cidrs.length).toBeLessThanOrEqual(new Set(texts).size * 8)
    }),
  )
})

test('all of IPv4 is one range, and stays one beside IPv6', () => {
  expect(joinedCidrs(['0.0.0.0/1', '128.0.0.0/1', '2001:db8::1'].map(rangeOf))).toEqual([
    '0.0.0.0/0',
    '2001:db8::1/128',
  ])
})
