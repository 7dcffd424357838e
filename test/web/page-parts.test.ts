import { expect, test } from 'vitest'
import { chooseKernel } from '../../web/challenge/choose-kernel.ts'
import { createGuard } from '../../web/challenge/guard.ts'
import type { Kernel, KernelName } from '../../web/challenge/kernel/kernel.ts'
import { createProgress, expectedHashes } from '../../web/challenge/progress.ts'
import { submit } from '../../web/challenge/submit.ts'

const createKeeper = () => {
  let kept = ''
  return { read: () => kept, write: (text: string) => void (kept = text) }
}

test('progress never goes back, never reaches the end early and ends at 1', () => {
  const progress = createProgress(4, 1 << 16)
  let last = 0
  for (let hashes = 0; hashes < 2_000_000; hashes += 30_000) {
    const { value } = progress(hashes > 1_000_000 ? 3 : hashes > 500_000 ? 1 : 0, hashes, hashes / 1000)
    expect(value).toBeGreaterThanOrEqual(last)
    expect(value).toBeLessThan(1)
    last = value
  }
  expect(progress(4, 2_000_000, 2000).value).toBe(1)
})

test('the estimate comes from the measured rate', () => {
  const progress = createProgress(16, 1 << 16)
  expect(progress(0, 0, 100).secondsLeft).toBeUndefined()
  expect(progress(8, 500_000, 1000).secondsLeft).toBeCloseTo((8 * 65_536) / 500_000)
  expect(expectedHashes(16, 65_536)).toBe(1_048_576)
})

test('the guard counts attempts for one address and forgets them after a minute', () => {
  let now = 1000
  const keeper = createKeeper()
  const guard = createGuard(keeper, '/a', () => now)
  guard.note('answered')
  guard.note('answered')
  guard.note('spent')
  expect([guard.count('answered'), guard.count('spent'), guard.count('followed')]).toEqual([2, 1, 0])
  expect(createGuard(keeper, '/b', () => now).count('answered')).toBe(0)
  now += 60_000
  expect(guard.count('answered')).toBe(0)
})

test('the guard lives with blocked and with foreign storage', () => {
  const blocked = (): never => {
    throw new Error('blocked')
  }
  const guard = createGuard({ read: blocked, write: blocked }, '/', () => 0)
  guard.note('answered')
  expect(guard.count('answered')).toBe(0)
  for (const text of ['', 'null', '[]', '{"url":"/","at":0}', '7'])
    expect(createGuard({ read: () => text, write: () => {} }, '/', () => 0).count('answered')).toBe(0)
})

const answering = (...responses: readonly (Response | Error)[]) => {
  const waits: number[] = []
  let calls = 0
  const fetch = async (): Promise<Response> => {
    const response = responses[Math.min(calls++, responses.length - 1)]
    if (response instanceof Response) return response.clone()
    throw response
  }
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds)
  const parts = { fetch, wait, onRetry: () => {} }
  return { waits, calls: () => calls, run: () => submit('/answer', { id: 'i', nonces: [1] }, parts) }
}

test('a network that fails is tried four times, with longer and longer waits', async () => {
  const { run, waits, calls } = answering(new TypeError('network'))
  expect(await run()).toEqual({ outcome: 'network' })
  expect(calls()).toBe(4)
  expect(waits).toEqual([500, 1500, 4500])
})

test('a busy gateway is tried again', async () => {
  const { run, calls } = answering(new Response('', { status: 503 }), new Response(null, { status: 204 }))
  expect(await run()).toEqual({ outcome: 'passed' })
  expect(calls()).toBe(2)
})

test('refusals are told apart and not tried again', async () => {
  const refusal = (status: number, body: string) => answering(new Response(body, { status })).run()
  expect(await refusal(403, '{"reason":"spent"}')).toEqual({ outcome: 'spent' })
  expect(await refusal(403, '{"reason":"wrong"}')).toEqual({ outcome: 'refused' })
  expect(await refusal(400, 'not JSON')).toEqual({ outcome: 'refused' })
  expect(await refusal(410, '{"challenge":{"id":"new"}}')).toEqual({
    outcome: 'expired',
    fresh: { id: 'new' },
  })
  expect(await refusal(410, '')).toEqual({ outcome: 'expired', fresh: undefined })
})

/** A kernel whose 2,048 hashes take that many milliseconds. */
const kernelTaking = (name: KernelName, milliseconds: number, clock: { now: number }): Kernel => ({
  name,
  slice: 64,
  load: () => {},
  search: () => {
    clock.now += milliseconds
    return -1
  },
})

const choose = (javascriptTakes: number, hasSimd: boolean, hasSubtle: boolean): KernelName => {
  const clock = { now: 0 }
  return chooseKernel({
    simd() {
      if (!hasSimd) throw new Error('no SIMD')
      return kernelTaking('simd', 1, clock)
    },
    javascript: () => kernelTaking('javascript', javascriptTakes, clock),
    subtle: hasSubtle ? () => kernelTaking('subtle', 1, clock) : undefined,
    now: () => clock.now,
  }).name
}

test('SIMD comes first, then compiled JavaScript, then WebCrypto, then any JavaScript', () => {
  expect(choose(1, true, true)).toBe('simd')
  expect(choose(1, false, true)).toBe('javascript')
  expect(choose(40, false, true)).toBe('subtle')
  expect(choose(40, false, false)).toBe('javascript')
})
