import crawlers from 'crawler-user-agents'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../policy/stage.ts'
import { named, policyOfSet, rulesOf } from './sets.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ELSEWHERE = '192.0.2.1'
const AT_HOME = '192.0.2.9'

/** Whether a rule of the set lets the client in. */
const decide = async (file: string, agent: string, address: string, names: Record<string, string> = {}) => {
  const facts = factsOf({ address, headers: { 'user-agent': agent } })
  const { action, rule } = await policyOfSet(file, named(names)).evaluate(facts)
  return action === 'allow' && rule !== 'default'
}

const addressOf = (file: string, at: number): string => {
  const ranges = rulesOf(file).flatMap((rule) => rule.verified?.remote_addresses ?? [])
  return ranges.at(at)?.split('/')[0] ?? ''
}

/** Set, and the User-Agent that its crawler sends. */
const BY_RANGE = [
  ['crawlers/googlebot.yaml', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  ['crawlers/googlebot.yaml', 'Googlebot-Image/1.0'],
  ['crawlers/bingbot.yaml', 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'],
  ['crawlers/applebot.yaml', 'Mozilla/5.0 (compatible; Applebot/0.3; +http://www.apple.com/go/applebot)'],
  ['crawlers/duckduckbot.yaml', 'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)'],
  ['crawlers/commoncrawl.yaml', 'CCBot/2.0 (https://commoncrawl.org/faq/)'],
  ['crawlers/kagibot.yaml', 'Mozilla/5.0 (compatible; Kagibot/1.0; +https://kagi.com/bot)'],
  ['crawlers/marginalia.yaml', 'search.marginalia.nu'],
  ['crawlers/openai-gptbot.yaml', 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'],
  [
    'crawlers/openai-searchbot.yaml',
    'Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)',
  ],
  [
    'crawlers/perplexitybot.yaml',
    'Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)',
  ],
  ['clients/openai-chatgpt-user.yaml', 'Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)'],
  [
    'clients/perplexity-user.yaml',
    'Mozilla/5.0 (compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)',
  ],
  [
    'clients/google-user-triggered-fetchers.yaml',
    'FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)',
  ],
  ['apps/qualys-ssl-labs.yml', 'SSL Labs (https://www.ssllabs.com/about/assessment.html)'],
  ['services/updown.yaml', 'updown.io daemon 2.11'],
  ['services/uptime-robot.yaml', 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)'],
  ['services/pingdom.yaml', 'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)'],
  ['services/statuscake.yaml', 'StatusCake_Uptime_Checker/1.0'],
] as const

describe.each(BY_RANGE)('%s: %s', (file, agent) => {
  test('comes in from a published address, the first and the last', async () => {
    expect(await decide(file, agent, addressOf(file, 0))).toBe(true)
    expect(await decide(file, agent, addressOf(file, -1))).toBe(true)
  })

  test('does not come in from elsewhere', async () => {
    expect(await decide(file, agent, ELSEWHERE)).toBe(false)
  })

  test('another client does not come in from a published address', async () => {
    expect(await decide(file, BROWSER, addressOf(file, 0))).toBe(false)
  })
})

/** Set, the User-Agent that its crawler sends, and a name that its address has. */
const BY_NAME = [
  ['crawlers/googlebot.yaml', 'Googlebot/2.1 (+http://www.google.com/bot.html)', 'crawl-1.googlebot.com'],
  ['crawlers/bingbot.yaml', 'Mozilla/5.0 (compatible; bingbot/2.0)', 'msnbot-1.search.msn.com'],
  ['crawlers/applebot.yaml', 'Mozilla/5.0 (compatible; Applebot/0.1)', '17-58-1-1.applebot.apple.com'],
  [
    'crawlers/qwantbot.yaml',
    'Mozilla/5.0 (compatible; Qwantbot/1.0; +https://help.qwant.com/bot/)',
    'qwantbot-1.qwant.com',
  ],
  [
    'crawlers/mojeekbot.yaml',
    'Mozilla/5.0 (compatible; MojeekBot/0.11; +https://www.mojeek.com/bot.html)',
    'crawl-1.mojeek.com',
  ],
  [
    'crawlers/wikimedia-citoid.yaml',
    'Citoid/WMF (mailto:noc@wikimedia.org)',
    'url-downloader1001.wikimedia.org',
  ],
  [
    'crawlers/yandexbot.yaml',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'spider-1.yandex.com',
  ],
  [
    'crawlers/arquivo-pt.yaml',
    'Arquivo-web-crawler (compatible; heritrix/3.4.0 +https://arquivo.pt/faq-crawling)',
    'p1.arquivo.pt',
  ],
  ['crawlers/seznambot.yaml', 'Mozilla/5.0 (compatible; SeznamBot/4.0)', 'fulltextrobot-1.seznam.cz'],
  ['crawlers/yahoo-slurp.yaml', 'Mozilla/5.0 (compatible; Yahoo! Slurp)', 'a.crawl.yahoo.net'],
  ['crawlers/baiduspider.yaml', 'Mozilla/5.0 (compatible; Baiduspider/2.0)', 'baiduspider-1.crawl.baidu.com'],
  ['crawlers/pinterestbot.yaml', 'Mozilla/5.0 (compatible; Pinterestbot/1.0)', 'crawl-1.pinterest.com'],
  ['clients/mistral-mistralai-user.yaml', 'MistralAI-User/1.0', 'a.mistral.ai'],
  ['clients/telegram-preview.yaml', 'TelegramBot (like TwitterBot)', 'a.ptr.telegram.org'],
  [
    'clients/vk-preview.yaml',
    'Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)',
    'snipster1.go.mail.ru',
  ],
  ['apps/searx-checker.yml', 'searx.space', 'check.searx.space'],
  [
    'bots/irc-bots/archlinux-phrik.yaml',
    'Mozilla/5.0 (compatible; utils.web Limnoria module)',
    'phrik.archlinux.org',
  ],
  [
    'bots/irc-bots/gentoo-chat.yaml',
    'Mozilla/5.0 (compatible; utils.web Limnoria module)',
    'chat.gentoo.org',
  ],
] as const

describe.each(BY_NAME)('%s: %s', (file, agent, name) => {
  test('comes in from an address whose name leads back to it', async () => {
    expect(await decide(file, agent, AT_HOME, { [AT_HOME]: name })).toBe(true)
  })

  test('does not come in without a name, or with a name that only ends alike', async () => {
    expect(await decide(file, agent, AT_HOME)).toBe(false)
    expect(await decide(file, agent, AT_HOME, { [AT_HOME]: `x${name.replaceAll('.', '-')}.example` })).toBe(
      false,
    )
    expect(await decide(file, agent, AT_HOME, { [AT_HOME]: `${name}.example` })).toBe(false)
    expect(
      await decide(file, agent, AT_HOME, { [AT_HOME]: `evil${name.split('.').slice(-2).join('.')}` }),
    ).toBe(false)
  })

  test('does not come in when the name leads elsewhere', async () => {
    const liar = { reverse: () => [name], forward: () => [ELSEWHERE] }
    const verdict = await policyOfSet(file, liar).evaluate(
      factsOf({ address: AT_HOME, headers: { 'user-agent': agent } }),
    )
    expect(verdict).toMatchObject({ rule: 'default' })
  })

  test('another client does not come in with that name', async () => {
    expect(await decide(file, BROWSER, AT_HOME, { [AT_HOME]: name })).toBe(false)
  })
})

test('the Internet Archive comes in by its addresses under any name', async () => {
  const policy = policyOfSet('crawlers/internet-archive.yaml')
  const from = (address: string) => policy.evaluate(factsOf({ address, headers: { 'user-agent': 'wget' } }))
  expect(await from('207.241.225.1')).toMatchObject({ rule: 'internet-archive' })
  expect(await from('2620:0:9c0::1')).toMatchObject({ rule: 'internet-archive' })
  expect(await from(ELSEWHERE)).toMatchObject({ rule: 'default' })
})

describe('crawlers as they are seen in the wild', () => {
  const instancesOf = (pattern: RegExp): readonly string[] =>
    crawlers.flatMap(({ instances }) => instances).filter((text) => pattern.test(text))

  test.each([
    ['crawlers/googlebot.yaml', /Googlebot\//],
    ['crawlers/bingbot.yaml', /bingbot\//],
    ['crawlers/applebot.yaml', /Applebot\//],
    ['crawlers/duckduckbot.yaml', /DuckDuckBot/],
    ['crawlers/openai-gptbot.yaml', /GPTBot/],
    ['services/uptime-robot.yaml', /UptimeRobot/],
    ['services/pingdom.yaml', /Pingdom\.com/],
  ])('%s knows all spellings', async (set, pattern) => {
    const instances = instancesOf(pattern)
    expect(instances.length).toBeGreaterThan(0)
    for (const agent of instances)
      expect([agent, await decide(set, agent, addressOf(set, 0))]).toEqual([agent, true])
  })

  test('none of them is let in by its name from anywhere', async () => {
    const policy = policyOfSet('meta/default.yaml')
    const agents = crawlers.flatMap(({ instances }) => instances)
    expect(agents.length).toBeGreaterThan(1000)
    const allowed: string[] = []
    for (const agent of agents) {
      const verdict = await policy.evaluate(factsOf({ headers: { 'user-agent': agent } }))
      if (verdict.rule !== 'default' && verdict.action === 'allow') allowed.push(agent)
    }
    expect(allowed).toEqual([])
  })
})
