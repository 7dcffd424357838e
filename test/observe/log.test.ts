import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GateEvent } from '../../src/base/event.ts'
import { createLog } from '../../src/observe/log.ts'
import { decidedEvent } from './events.ts'

const freshFile = (): string => join(mkdtempSync(join(tmpdir(), 'tollgate-log-')), 'gate.log')
const textOf = (file: string): string => readFileSync(file, 'utf8')
const linesOf = (file: string) =>
  textOf(file)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const logged = (...events: GateEvent[]) => {
  const file = freshFile()
  const log = createLog({ level: 'info', file })
  for (const event of events) log.onEvent(event)
  log.close()
  return { text: textOf(file), lines: linesOf(file) }
}

test('a decision that stops a request is one line with all that an operator needs', () => {
  const { lines } = logged(
    decidedEvent(),
    { name: 'challenge', kind: 'pow', step: 'issued', count: 1, reference: 'a1b2c3d4e5f6' },
    { name: 'pass', result: 'absent' },
  )
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      action: 'challenge',
      reference: 'a1b2c3d4e5f6',
      site: 'demo',
      rule: 'browsers',
      requiredLevel: 1,
      address: '192.0.2.7',
      method: 'GET',
      host: 'demo.example',
      target: '/page?x=1',
      userAgent: 'Mozilla/5.0',
      message: 'challenge',
    },
  ])
})

test('every decision but a pass leaves one line', () => {
  const { lines } = logged(
    decidedEvent({ action: 'pass' }),
    decidedEvent({ action: 'allow' }),
    { name: 'upstream-answered', milliseconds: 3 },
    { name: 'swept', map: 'challenges', result: 'ok', removed: 9, milliseconds: 1 },
    decidedEvent({ action: 'deny', observed: true }),
  )
  expect(lines).toHaveLength(2)
  expect(lines).toMatchObject([
    { action: 'allow', message: 'allow' },
    { action: 'deny', observed: true, message: 'observed' },
  ])
})

test('faults are told with their cause and their level', () => {
  const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
  const { lines } = logged(
    { name: 'upstream-failed', code: 'refused', reference: 'abc', cause },
    { name: 'swept', map: 'challenges', result: 'failed', removed: 0, milliseconds: 1, cause },
    { name: 'worker', worker: 2, state: 'died', cause },
    { name: 'reloaded', result: 'failed', detail: 'gate.yaml:3:5: unknown key' },
    { name: 'notice', level: 'warn', message: 'the key lives in memory only' },
    { name: 'challenge', kind: 'pow', step: 'failed', count: 1, reason: 'wrong', reference: 'abc' },
  )
  expect(lines.map(({ level, message }) => `${String(level)}: ${String(message)}`)).toEqual([
    'error: upstream failed',
    'error: sweep failed',
    'error: worker died',
    'error: configuration reloaded',
    'warn: the key lives in memory only',
    'info: answer refused',
  ])
  expect(lines[0]).toMatchObject({
    code: 'refused',
    reference: 'abc',
    cause: { type: 'Error', code: 'ECONNREFUSED', message: 'connect refused' },
  })
})

test('headers that hang on a cause never reach the log', () => {
  const cause = Object.assign(new Error('bad answer'), {
    headers: { cookie: 'tollgate-pass=SECRET', authorization: 'Bearer SECRET' },
    body: 'SECRET',
    socket: { secret: 'SECRET' },
    cause: new Error('SECRET'),
  })
  const { text } = logged(
    { name: 'upstream-failed', code: 'invalid', reference: 'abc', cause },
    { name: 'worker', worker: 1, state: 'died', cause },
    { name: 'notice', level: 'error', message: 'a fault', cause },
  )
  expect(text).toContain('bad answer')
  expect(text).not.toContain('SECRET')
})

test('text of the visitor is capped at 512 bytes without cutting a character', () => {
  const { lines } = logged(
    decidedEvent({ target: `/${'a'.repeat(5000)}`, userAgent: '😀'.repeat(4000), host: 'ü'.repeat(600) }),
  )
  for (const field of ['target', 'userAgent', 'host']) {
    expect(Buffer.byteLength(String(lines[0]?.[field]))).toBe(512)
  }
  expect(lines[0]?.['userAgent']).toBe('😀'.repeat(128))
})

test('text of the visitor can neither end the line nor drive a terminal', () => {
  const { text, lines } = logged(
    decidedEvent({ userAgent: 'a\n{"level":"error"}\r\u001b[2J\u009b2J\u202e"\\', target: '/\u2028\u0000' }),
  )
  expect(lines).toHaveLength(1)
  // eslint-disable-next-line no-control-regex
  expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
  expect(lines[0]?.['userAgent']).toContain('{"level":"error"}')
})

test('after a rename and a reopen the next lines stand in a new file', () => {
  const file = freshFile()
  const log = createLog({ level: 'info', file })
  log.onEvent(decidedEvent({ reference: 'first' }))
  renameSync(file, `${file}.1`)
  log.onEvent(decidedEvent({ reference: 'second' }))
  log.reopen()
  log.onEvent(decidedEvent({ reference: 'third' }))
  log.close()
  expect(linesOf(`${file}.1`).map(({ reference }) => reference)).toEqual(['first', 'second'])
  expect(linesOf(file).map(({ reference }) => reference)).toEqual(['third'])
})

test('all lines begin alike, with the time of the clock', () => {
  const file = freshFile()
  let now = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
  const log = createLog({ level: 'info', file, now: () => now })
  log.onEvent(decidedEvent())
  log.onEvent({ name: 'notice', level: 'info', message: 'told' })
  now += 1
  log.onEvent(decidedEvent({ action: 'deny' }))
  log.close()
  const heads = textOf(file)
    .split('\n')
    .map((line) => line.slice(0, 51))
  expect(heads).toEqual([
    '{"level":"info","time":"2026-01-02T03:04:05.006Z","',
    '{"level":"info","time":"2026-01-02T03:04:05.006Z","',
    '{"level":"info","time":"2026-01-02T03:04:05.007Z","',
    '',
  ])
})

test('a level above info keeps decisions out', () => {
  const file = freshFile()
  const log = createLog({ level: 'error', file })
  log.onEvent(decidedEvent())
  log.onEvent({ name: 'notice', level: 'error', message: 'told' })
  log.close()
  expect(linesOf(file).map(({ message }) => message)).toEqual(['told'])
})

test('a full disk loses lines and counts them', () => {
  expect(existsSync('/dev/full')).toBe(true)
  const log = createLog({ level: 'info', file: '/dev/full' })
  for (let i = 0; i < 100; i += 1) log.onEvent(decidedEvent())
  log.flush()
  log.onEvent(decidedEvent())
  log.close()
  expect(log.lost()).toBe(101)
})

test('a cause that cannot be read is not the fault of the caller', () => {
  const cause = {
    toString: () => {
      throw new Error('no')
    },
  }
  expect(() => logged({ name: 'notice', level: 'error', message: 'a fault', cause })).not.toThrow()
})

test('a reader of standard output that goes away does not end the process', () => {
  const script = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, '../../src/observe/log.ts'))}
    const log = createLog({ level: 'info' })
    for (let i = 0; i < 5000; i += 1) { log.onEvent({ name: 'notice', level: 'info', message: 'x'.repeat(200) }); log.flush() }
    console.error('alive', log.lost() > 0)`
  const file = join(mkdtempSync(join(tmpdir(), 'tollgate-log-')), 'talk.mjs')
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', `"$NODE" --input-type=module -e "$SCRIPT" 2>"$OUT" | head -n 1`],
    { env: { ...process.env, NODE: process.execPath, SCRIPT: script, OUT: file }, encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  expect(stdout.split('\n')[0]).toContain('"message":"xxx')
  expect(textOf(file)).toContain('alive true')
})
