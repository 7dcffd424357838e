/** What only a process of its own can show: memory, standard input, signals. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import type { Report } from '../../../src/cli/replay/report.ts'
import { BROWSER, combinedLine, openFolder } from './stage.ts'
import type { LineParts } from './stage.ts'

const folder = openFolder()
afterAll(() => folder.remove())

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts')
const start = (...args: string[]) =>
  spawn(process.execPath, [MAIN, 'replay', ...args], { env: { PATH: process.env['PATH'] ?? '' } })
const ended = async (child: ReturnType<typeof start>) => {
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  return { out, err, status: child.exitCode }
}

const policy = folder.write(
  'policy.yaml',
  `
bots:
  - {name: feeds, action: ALLOW, path_regex: "^/feed$"}
  - {name: ai, action: DENY, user_agent_regex: GPTBot}
  - {name: net, action: DENY, remote_addresses: [198.51.3.0/24]}
  - {name: curl, action: WEIGH, user_agent_regex: "^curl/", weight: {adjust: 10}}
thresholds:
  - {name: high, expression: weight >= 10, action: DENY}
default: CHALLENGE
`,
)

/** Each kind of line as often as it says, in all a million; no two of 500,000 addresses are the same. */
const KINDS: readonly (readonly [many: number, parts: (at: number) => LineParts])[] = [
  [200_003, () => ({ target: '/feed' })],
  [150_001, (at) => ({ agent: 'GPTBot/1.2', target: `/page/${at}` })],
  [49_999, (at) => ({ address: `198.51.3.${at & 255}` })],
  [99_997, (at) => ({ agent: 'curl/8.5', target: `/${at % 1000}` })],
  [250_000, (at) => ({ address: `${1 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}.9`, target: '/a%20b' })],
  [249_900, (at) => ({ address: `2001:db8:${(at >> 16).toString(16)}:${(at & 0xffff).toString(16)}::1` })],
]
const MALFORMED = 100

const writeMillion = async (file: string): Promise<void> => {
  const stream = createWriteStream(file)
  const left = KINDS.map(([many]) => many)
  let line = 0
  let block = ''
  // Mixed, so that every kind stands everywhere.
  while (left.some((many) => many > 0)) {
    for (const [kind, [, parts]] of KINDS.entries()) {
      const at = (left[kind] ?? 0) - 1
      if (at < 0) continue
      left[kind] = at
      block += combinedLine({ ...parts(at), at: line++ >> 6 })
    }
    if (block.length < 1_000_000) continue
    if (!stream.write(block)) await once(stream, 'drain')
    block = ''
  }
  stream.end(`${block}${'no line of a log\n'.repeat(MALFORMED)}`)
  await once(stream, 'close')
}

test('a million lines are counted exactly, in less than 300 MB', { timeout: 300_000 }, async () => {
  const log = folder.path('million.log')
  await writeMillion(log)
  const { out, err, status } = await ended(start('--json', '--config', policy, '--against', policy, log))
  expect([status, err]).toEqual([0, ''])
  const report = JSON.parse(out) as Report
  expect(report).toMatchObject({ lines: 1_000_000, malformed: { count: MALFORMED }, requests: 999_900 })
  expect(report.policy.rules.map(({ rule, action, count }) => `${rule} ${action} ${count}`).sort()).toEqual([
    'ai deny 150001',
    'default challenge 499900',
    'feeds allow 200003',
    'net deny 49999',
    'threshold/high deny 99997',
  ])
  expect(report.changes).toMatchObject({ changed: 0, otherRule: 0 })
  const { challenge, deny } = report.policy.close
  expect(challenge.browserLike.requests).toBe(499_900)
  expect(challenge.agents.top).toEqual([{ text: BROWSER, count: 499_900 }])
  expect(challenge.paths.top).toEqual([
    { text: '/a%20b', count: 250_000 },
    { text: '/', count: 249_900 },
  ])
  expect(deny.networks.top[0]?.text).toBe('192.0.2.0/24')
  expect(Math.abs(report.policy.actions.challenge.networks.count / 499_900 - 1)).toBeLessThan(0.03)
  expect(report.memory.maxRss).toBeLessThan(300_000_000)
})

test('- is standard input', async () => {
  const child = start('--json', '--config', policy, '-')
  child.stdin.end(combinedLine().repeat(3))
  const { out, status } = await ended(child)
  expect(status).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    logs: [{ log: 'standard input', format: 'combined' }],
    requests: 3,
  })
})

test('interrupted, it tells what it has so far, and that it stopped early', async () => {
  const child = start('--config', policy, '-')
  child.stdin.on('error', () => undefined)
  child.stdin.write(combinedLine().repeat(150_000))
  // Only when it has taken most of that does it wait for more.
  if (child.stdin.writableNeedDrain) await once(child.stdin, 'drain')
  child.kill('SIGINT')
  const { out, status } = await ended(child)
  expect(status).toBe(0)
  expect(out).toContain('Stopped early: interrupted.')
  expect(Number(/judged +([\d,]+)/.exec(out)?.[1]?.replaceAll(',', ''))).toBeGreaterThan(1000)
})

test('no progress is drawn where nobody looks', async () => {
  const { err } = await ended(start('--config', policy, folder.write('small.log', combinedLine())))
  expect(err).toBe('')
})
