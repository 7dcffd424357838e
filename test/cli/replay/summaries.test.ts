import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../src/base/address.ts'
import { isBrowserLike } from '../../../src/cli/replay/browser-like.ts'
import { createDistinct } from '../../../src/cli/replay/distinct.ts'
import { createFrequentTexts } from '../../../src/cli/replay/frequent.ts'
import { networkHash, networkText } from '../../../src/cli/replay/network.ts'
import { createProgress, progressText } from '../../../src/cli/replay/progress.ts'
import { createWeights } from '../../../src/cli/replay/weights.ts'
import { BROWSER } from './stage.ts'

const addressOf = (text: string) => {
  const address = parseAddress(text)
  if (address === undefined) throw new Error(text)
  return address
}

describe('the most frequent texts', () => {
  test('no count is too large, none smaller by more than the error that is told, and that is bounded', () => {
    const text = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c') },
      { weight: 3, arbitrary: fc.nat(200).map(String) },
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 100, maxLength: 1000, size: 'max' }), (texts) => {
        const places = 20
        const frequent = createFrequentTexts(places)
        const exact = new Map<string, number>()
        for (const each of texts) {
          frequent.add(each)
          exact.set(each, (exact.get(each) ?? 0) + 1)
        }
        const { top, error } = frequent.top(places)
        const counts = new Map(top.map(({ text: name, count }) => [name, count]))
        expect(top.length).toBeLessThanOrEqual(places)
        expect(error).toBeLessThanOrEqual((2 * texts.length) / places)
        for (const [name, count] of exact) {
          const told = counts.get(name) ?? 0
          expect(told).toBeLessThanOrEqual(count)
          expect(told).toBeGreaterThanOrEqual(count - error)
        }
      }),
    )
  })

  test('as long as there is room, all are exact', () => {
    const frequent = createFrequentTexts(3)
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) frequent.add(text)
    expect(frequent.top(2)).toEqual({
      top: [
        { text: 'a', count: 3 },
        { text: 'b', count: 2 },
      ],
      error: 0,
    })
  })

  test('long texts are cut', () => {
    const frequent = createFrequentTexts()
    frequent.add('x'.repeat(10_000))
    expect(frequent.top(1).top[0]?.text).toHaveLength(200)
  })
})

describe('how many networks', () => {
  const countOf = (addresses: Iterable<string>) => {
    const distinct = createDistinct()
    for (const text of addresses) {
      const address = addressOf(text)
      distinct.add(networkHash(address, 1), networkHash(address, 2))
    }
    return distinct.count()
  }

  test('few are counted exactly, addresses of one network once', () => {
    expect(countOf(['192.0.2.1', '192.0.2.9', '192.0.3.1', '2001:db8::1', '2001:db8:0:0:5::1'])).toEqual({
      count: 3,
      exact: true,
    })
  })

  test.each([30_000, 300_000])('%i are estimated within 3 % (four standard errors)', (many) => {
    const texts = Array.from({ length: many }, (_, at) =>
      at % 2 === 0
        ? `${1 + ((at >> 16) & 127)}.${(at >> 8) & 255}.${at & 255}.7`
        : `2001:db8:${(at >> 16).toString(16)}:${(at & 0xffff).toString(16)}::1`,
    )
    const { count, exact } = countOf(texts)
    expect(exact).toBe(false)
    expect(Math.abs(count - many) / many).toBeLessThan(0.03)
  })

  test.each([
    ['192.0.2.255', '192.0.2.0/24'],
    ['::ffff:192.0.2.1', '192.0.2.0/24'],
    ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
    ['::1', '::/64'],
  ])('%s is of %s', (address, network) => {
    expect(networkText(addressOf(address))).toBe(network)
  })
})

test('weights beyond the thousandth are counted together', () => {
  const weights = createWeights()
  for (let weight = 1500; weight > 0; weight--) weights.add(weight)
  weights.add(1500)
  expect(weights.counts()).toHaveLength(1000)
  expect(weights.counts().at(-1)).toEqual({ weight: 1500, count: 2 })
  expect(weights.others()).toBe(500)
})

test.each([
  [BROWSER, true],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
    true,
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    true,
  ],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', false],
  [
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    false,
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36',
    false,
  ],
  ['curl/8.5.0', false],
  ['', false],
])('%s is like a browser: %s', (agent, expected) => {
  expect(isBrowserLike(agent)).toBe(expected)
})

describe('progress', () => {
  test('is a bar with what is left, or bytes where the size is not known', () => {
    const reached = { read: 25, size: 100, lines: 5000, milliseconds: 1000 }
    expect(progressText(reached)).toBe(
      '[######..................]  25 %, 3 s left, 5,000 lines, 5,000 lines/s',
    )
    expect(progressText({ ...reached, size: undefined, read: 2_500_000 })).toBe(
      '2.5 MB, 5,000 lines, 5,000 lines/s',
    )
    expect(progressText({ ...reached, size: 0, milliseconds: 0 })).not.toMatch(/NaN|Infinity/)
  })

  test('is drawn over itself, five times a second at most, and wiped at the end', () => {
    let now = 0
    const written: string[] = []
    const progress = createProgress(
      (text) => void written.push(text),
      () => now,
    )
    for (now = 0; now < 1000; now += 10) {
      progress.show({ read: now, size: 1000, lines: now, milliseconds: now })
    }
    expect(written).toHaveLength(5)
    expect(written.every((text) => text.startsWith('\r\u001b[K'))).toBe(true)
    progress.clear()
    expect(written.at(-1)).toBe('\r\u001b[K')
  })
})
