import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadParts } from '../../src/config/load.ts'

const load = (text: string, parts: Partial<LoadParts> = {}) =>
  loadConfig({ text, file: 'f', env: {}, ...parts })
const configOf = (text: string, parts: Partial<LoadParts> = {}) => {
  const loaded = load(text, parts)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
  return loaded.config
}
const messagesOf = (text: string, parts: Partial<LoadParts> = {}) => {
  const loaded = load(text, parts)
  return loaded.ok ? [] : loaded.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

test('an empty file is all defaults, in base units', () => {
  expect(configOf('', { cores: 3 })).toEqual({
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 8923 }],
    upstream_timeouts: { connect: 5000, headers: 60_000, idle: 0 },
    workers: 3,
    trusted_proxies: [],
    base_path: '/.tollgate',
    admin: { listen: { kind: 'tcp', host: '127.0.0.1', port: 9090 } },
    challenge: { ttl: 1_800_000, kind: 'pow', work: 1_048_576, puzzles: 16 },
    pass: { ttl: 604_800_000, algorithm: 'EdDSA', bind: 'none', cookie: { name: 'tollgate-pass' } },
    store: { backend: 'memory', capacity: 1_000_000, cleanup_interval: 60_000 },
    mode: 'enforce',
    bots: [],
    conditions: {},
    thresholds: [],
    default: { action: 'CHALLENGE' },
    tests: [],
    lists: {},
    databases: {},
    rates: { capacity: 65_536 },
    dns: { servers: [], timeout: 500, capacity: 10_000, blocklist: 'dnsbl.dronebl.org' },
    dns_ttl: { forward: 300_000, reverse: 300_000 },
    dnsbl: false,
    sites: [],
    origins: [],
    reload: { watch: false },
    status_codes: { CHALLENGE: 403, DENY: 403 },
    log: { level: 'info' },
    drain_timeout: 30_000,
  })
})

test('a configuration is plain data that can be sent to a worker thread', () => {
  const config = configOf(
    'bots:\n  - {name: a, action: DENY, path_regex: ^/a}\nupstream: unix:/run/site.sock',
  )
  expect(structuredClone(config)).toEqual(config)
})

test('workers: auto is one for each core, at most 64', () => {
  expect(configOf('', { cores: 200 }).workers).toBe(64)
  expect(configOf('workers: 5', { cores: 200 }).workers).toBe(5)
})

test('a section whose keys are all commented out has its defaults', () => {
  expect(configOf('challenge:\n  #ttl: 1m\nbots:\n')).toEqual(configOf(''))
})

describe('flags', () => {
  test('stand above the file', () => {
    const config = configOf('upstream: http://a\nlisten: :1', {
      flags: { upstream: 'http://b:81', listen: [':2', ':3'] },
    })
    expect(config.upstream).toMatchObject({ host: 'b', port: 81 })
    expect(config.listen.map((address) => address.kind === 'tcp' && address.port)).toEqual([2, 3])
  })

  test('are named in their faults', () => {
    const loaded = load('', { flags: { listen: [':1', 'nowhere'] } })
    expect(loaded).toMatchObject({ ok: false, faults: [{ file: '--listen', line: 0, column: 0 }] })
  })
})

describe('environment variables', () => {
  test('become numbers where a number is wanted and stay text elsewhere', () => {
    const config = configOf('workers: ${N}\npass: {cookie: {name: "${N}"}}', { env: { N: '12' } })
    expect(config.workers).toBe(12)
    expect(config.pass.cookie.name).toBe('12')
  })

  test('cannot bring YAML in', () => {
    const env = { X: 'observe\nworkers: 1' }
    expect(messagesOf('mode: ${X}', { env })).toEqual([
      '1:7 mode must be one of enforce, observe, got "${X}"',
    ])
  })

  test('never stand in a fault with their value', () => {
    const told = messagesOf('upstream: ${SECRET}', { env: { SECRET: 'hunter2' } }).join('\n')
    expect(told).toContain('${SECRET}')
    expect(told).not.toContain('hunter2')
  })

  test('fall back to their default when not set or empty', () => {
    expect(configOf('mode: ${M:-observe}', { env: { M: '' } }).mode).toBe('observe')
    expect(configOf('mode: ${M:-observe}', { env: { M: 'enforce' } }).mode).toBe('enforce')
  })

  test('that are missing do not hide other faults, and are told once', () => {
    expect(messagesOf('mode: ${M}\nworkers: 0')).toEqual([
      '1:7 mode: environment variable M is not set and has no default',
      '2:10 workers must be auto or a number from 1 to 64, got 0',
    ])
  })
})

test('a password in a URL is not repeated', () => {
  expect(messagesOf('upstream: http://me:hunter2@a').join()).not.toContain('hunter2')
})

test('what is allowed but hardly meant is a warning with its place', () => {
  expect(load('trusted_proxies:\n  - 0.0.0.0/0\ndefault: ALLOW')).toMatchObject({
    ok: true,
    warnings: [
      { line: 2, column: 5, message: expect.stringContaining('0.0.0.0/0') as unknown },
      { line: 3, column: 10, message: expect.stringContaining('every request is allowed') as unknown },
    ],
  })
})

test.each([
  ['a deep flow list', `mode: ${'['.repeat(50_000)}`],
  ['a deep flow mapping', '{a: '.repeat(10_000)],
  ['deep block lists', '- '.repeat(10_000)],
  ['many unknown keys', Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`).join('\n')],
  ['too many lines', '\n'.repeat(5_000_000)],
  ['a long scalar', `mode: ${'x'.repeat(5_000_000)}`],
])('%s ends in plain faults', (_, text) => {
  const told = messagesOf(text)
  expect(told.length).toBeGreaterThan(0)
  expect(told.filter((line) => line.includes('\n') || line.length > 300)).toEqual([])
})

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const faultOf = (name: string) => {
    const loaded = loadConfig({ file: join(folder, name), env: {} })
    return loaded.ok ? undefined : loaded.faults.map(({ message }) => message).join('\n')
  }

  test('that are missing, folders, pipes, devices, binary or huge get one clear line each', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00]))
    writeFileSync(join(folder, 'huge'), '')
    truncateSync(join(folder, 'huge'), 10_000_001)
    expect(faultOf('missing')).toBe('no such file')
    expect(faultOf('.')).toBe('is a directory, not a file')
    expect(faultOf('pipe')).toBe('is not a regular file')
    expect(faultOf('../../../../../../dev/zero')).toBe('is not a regular file')
    expect(faultOf('binary')).toBe('is not UTF-8 text')
    expect(faultOf('huge')).toBe('is larger than 10 MB')
  })
})
