import { describe, expect, test } from 'vitest'
import { createPolicyCompiler } from '../../../src/app/site-policy.ts'
import { sitePlansOf } from '../../../src/app/site-plan.ts'
import { NO_SENSES } from '../../../src/app/world/senses.ts'
import { parseAddress } from '../../../src/base/address.ts'
import { createAssumed } from '../../../src/cli/replay/assumed.ts'
import type { Assumption } from '../../../src/cli/replay/assumed.ts'
import { createBelieved } from '../../../src/cli/replay/believed.ts'
import type { LogEntry } from '../../../src/cli/replay/entry.ts'
import { loadConfig } from '../../../src/config/load.ts'

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome'
const BROWSERS = [
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/140.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}/139.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (X11; Linux x86_64) ${CHROME}/141.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME}/138.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}/140.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Android 14; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
]

const loaded = loadConfig({ file: 'data/default.yaml', env: {} })
if (!loaded.ok) throw new Error(loaded.faults[0]?.message)
const [plan] = sitePlansOf(loaded.config, { kind: 'unix', path: '/' })
const policy = createPolicyCompiler(NO_SENSES).policyOf(plan)
const believed = createBelieved({ trusted: [], host: 'a.example' })

const entryOf = (agent: string, more: Partial<LogEntry> = {}): LogEntry => ({
  address: parseAddress('192.0.2.1')!,
  method: 'GET',
  target: '/page',
  host: '',
  scheme: undefined,
  headers: { 'user-agent': agent },
  allHeaders: false,
  status: 200,
  time: undefined,
  ...more,
})
const ruleFor = async (entry: LogEntry, assumption: Assumption = 'browser') =>
  (await policy.evaluate(believed(createAssumed(assumption).of(entry)))).rule

describe('the default policy, replayed on a log without headers', () => {
  test.each(BROWSERS)('takes %s for an ordinary browser', async (agent) => {
    expect(await ruleFor(entryOf(agent))).toBe('threshold/ordinary-browser')
    expect(await ruleFor(entryOf(agent, { target: '/a/style.css?v=1' }))).toBe('threshold/ordinary-browser')
    expect(await ruleFor(entryOf(agent), 'none')).not.toBe('threshold/ordinary-browser')
  })

  test.each(['curl/8.9.1', 'python-requests/2.32', 'Mozilla/5.0 (compatible; GPTBot/1.2)', ''])(
    'takes "%s" for what it is, with assumptions and without',
    async (agent) => expect(await ruleFor(entryOf(agent))).toBe(await ruleFor(entryOf(agent), 'none')),
  )
})

test('what the log holds is never replaced, and a log of all headers is taken at its word', () => {
  const headers = { 'user-agent': BROWSERS[0] ?? '', 'accept-language': 'de' }
  const assumed = createAssumed('browser')
  expect(assumed.of(entryOf('', { headers })).headers['accept-language']).toBe('de')
  expect(assumed.lines()).toBe(1)
  const whole = entryOf('', { headers, allHeaders: true })
  expect(assumed.of(whole)).toBe(whole)
  expect(assumed.lines()).toBe(1)
})
