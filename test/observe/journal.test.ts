import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type { FaultedEvent } from '../../src/base/event.ts'
import {
  CHECK,
  createJournalMemory,
  HEAD_BYTES,
  RECORD_BYTES,
  RECORDS,
  TEXTS,
} from '../../src/observe/journal-layout.ts'
import { createJournal } from '../../src/observe/journal.ts'
import { decidedEvent } from './events.ts'

const setUp = (memory = createJournalMemory()) => ({
  memory,
  journal: createJournal({ memory, wallClock: () => 1_700_000_000_123 }),
})
const reference = (n: number): string => n.toString(16).padStart(12, '0')

const faulted: FaultedEvent = {
  name: 'faulted',
  site: '*.example.org',
  code: 'upstream_timeout',
  reference: 'ffeeddccbbaa',
  address: '2001:db8::7',
  method: 'POST',
  host: 'a.example.org',
  target: '/slow',
  userAgent: 'Ünïcode/1',
}

describe('the journal', () => {
  test('finds a refusal by its reference, with everything that was decided', () => {
    const { journal } = setUp()
    journal.record(decidedEvent({ action: 'deny', rule: 'bad', level: 0, weight: -12 }))
    expect(journal.find('a1b2c3d4e5f6')).toEqual({
      time: 1_700_000_000_123,
      site: 'demo',
      action: 'deny',
      rule: 'bad',
      weight: -12,
      level: 0,
      observed: false,
      code: '',
      reference: 'a1b2c3d4e5f6',
      address: '192.0.2.7',
      method: 'GET',
      host: 'demo.example',
      target: '/page?x=1',
      userAgent: 'Mozilla/5.0',
    })
  })

  test('finds a fault, in capitals too', () => {
    const { journal } = setUp()
    journal.record(faulted)
    const { name: _, ...told } = faulted
    expect(journal.find('FFEEDDCCBBAA')).toMatchObject({ ...told, action: 'fault', rule: '' })
  })

  test('keeps what was only observed, and says so', () => {
    const { journal } = setUp()
    journal.record(decidedEvent({ observed: true }))
    expect(journal.find('a1b2c3d4e5f6')).toMatchObject({ action: 'challenge', observed: true })
  })

  test('keeps no pass, no allowed request and nothing else', () => {
    const { journal } = setUp()
    journal.record(decidedEvent({ action: 'pass', reference: reference(1) }))
    journal.record(decidedEvent({ action: 'allow', reference: reference(2) }))
    journal.record({ name: 'pass', result: 'minted' })
    expect([1, 2].map((n) => journal.find(reference(n)))).toEqual([undefined, undefined])
  })

  test.each(['', 'a1b2', 'not a reference', 'a1b2c3d4e5f60', 'zzzzzzzzzzzz', reference(0)])(
    'has no %j',
    (text) => {
      const { journal } = setUp()
      journal.record(decidedEvent())
      expect(journal.find(text)).toBeUndefined()
    },
  )

  test('tells the newest of a reference', () => {
    const { journal } = setUp()
    journal.record(decidedEvent())
    journal.record({ ...faulted, reference: 'a1b2c3d4e5f6' })
    expect(journal.find('a1b2c3d4e5f6')?.action).toBe('fault')
  })

  test('keeps as many as it has room for; the oldest make room', () => {
    const { journal, memory } = setUp()
    const bytes = memory.byteLength
    for (let n = 1; n <= RECORDS + 10; n += 1) journal.record(decidedEvent({ reference: reference(n) }))
    expect([1, 10, 11, RECORDS + 10].map((n) => journal.find(reference(n)) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(memory.byteLength).toBe(bytes)
  })

  test('cuts long texts, and no text of a visitor reaches into its neighbour', () => {
    const { journal } = setUp()
    const long = 'x'.repeat(100_000)
    journal.record(decidedEvent({ reference: reference(1) }))
    journal.record(
      decidedEvent({
        reference: reference(2),
        site: long,
        rule: long,
        address: long,
        method: long,
        host: long,
        target: long,
        userAgent: long,
      }),
    )
    journal.record(decidedEvent({ reference: reference(3) }))
    const cut = journal.find(reference(2))!
    const texts = [cut.site, cut.rule, cut.code, cut.address, cut.method, cut.host, cut.target, cut.userAgent]
    expect(texts.join('')).toMatch(/^x+$/)
    expect(texts.join('').length).toBe(RECORD_BYTES - TEXTS - texts.length)
    expect([1, 3].map((n) => journal.find(reference(n))?.target)).toEqual(['/page?x=1', '/page?x=1'])
  })

  test('goes on where the count of its records wraps', () => {
    const { journal, memory } = setUp()
    new Uint32Array(memory)[0] = 2 ** 32 - 2
    for (let n = 1; n <= 4; n += 1) journal.record(decidedEvent({ reference: reference(n) }))
    expect([1, 2, 3, 4].map((n) => journal.find(reference(n)) !== undefined)).toEqual([
      true,
      true,
      true,
      true,
    ])
  })

  test('skips a record that is not whole, wherever it is torn', () => {
    for (let byte = CHECK; byte < TEXTS + 20; byte += 1) {
      const { journal, memory } = setUp()
      journal.record(decidedEvent())
      expect(journal.find('a1b2c3d4e5f6')).toBeDefined()
      new Uint8Array(memory)[HEAD_BYTES + byte]! ^= 0x80
      expect([byte, journal.find('a1b2c3d4e5f6')]).toEqual([byte, undefined])
    }
  })

  test('skips a record that somebody is still writing', () => {
    const { journal, memory } = setUp()
    journal.record(decidedEvent())
    new Int32Array(memory)[HEAD_BYTES / 4] = 0
    expect(journal.find('a1b2c3d4e5f6')).toBeUndefined()
  })
})

const WRITER = `
const { workerData: { memory, thread, count, module } } = require('node:worker_threads')
import(module).then(({ createJournal }) => {
  const journal = createJournal({ memory, wallClock: () => thread })
  for (let n = 0; n < count; n += 1) {
    const reference = (thread * count + n).toString(16).padStart(12, '0')
    const text = reference.repeat(1 + (n % 20))
    journal.record({ name: 'faulted', site: reference, code: 'busy', reference, address: '', method: '', host: '', target: text, userAgent: reference })
  }
})
`

test('threads that write at once never show a record of two of them', async () => {
  const { journal, memory } = setUp()
  const count = 100_000
  const module = new URL('../../src/observe/journal.ts', import.meta.url).href
  const threads = [1, 2, 3].map(
    (thread) => new Worker(WRITER, { eval: true, workerData: { memory, thread, count, module } }),
  )
  const ended = Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))))
  const isOver = ended.then(() => true)
  let found = 0
  const look = (): void => {
    for (let slot = 0; slot < RECORDS; slot += 97) {
      const at = HEAD_BYTES + slot * RECORD_BYTES + 16
      const asked = Buffer.from(memory).toString('hex', at, at + 6)
      const seen = journal.find(asked)
      if (seen === undefined || asked === reference(0)) continue
      found += 1
      expect([seen.site, seen.userAgent, seen.target.slice(0, 12)]).toEqual([asked, asked, asked])
    }
  }
  const turn = () => new Promise<boolean>((resolve) => setImmediate(resolve, false))
  do look()
  while (!(await Promise.race([isOver, turn()])))
  expect(found).toBeGreaterThan(50)
  const written = new Int32Array(memory)[0]!
  expect(written).toBe(3 * count)
})
