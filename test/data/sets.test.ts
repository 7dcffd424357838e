import { describe, expect, test } from 'vitest'
import { parseRange } from '../../src/base/address-range.ts'
import { factsOf, faultsOf } from '../policy/stage.ts'
import { entriesOf, policyOfSet, rulesOf, setFiles, setText } from './sets.ts'

/** What policies written for Anubis import. */
const CENSUS = `botPolicies.yaml
meta/default-config.yaml meta/ai-block-aggressive.yaml meta/ai-block-moderate.yaml meta/ai-block-permissive.yaml
meta/messengers-preview.yaml
bots/_deny-pathological.yaml bots/cloudflare-kitesurf.yaml bots/cloudflare-workers.yaml bots/headless-browsers.yaml
bots/us-ai-scraper.yaml bots/custom-async-http-client.yaml bots/lyrenth.yaml bots/aggressive-brazilian-scrapers.yaml
bots/ai-catchall.yaml bots/ai-robots-txt.yaml bots/irc-bots/archlinux-phrik.yaml bots/irc-bots/gentoo-chat.yaml
clients/ai.yaml clients/x-firefox-ai.yaml clients/docker-client.yaml clients/git.yaml clients/go-get.yaml
clients/google-user-triggered-fetchers.yaml clients/mistral-mistralai-user.yaml clients/openai-chatgpt-user.yaml
clients/perplexity-user.yaml clients/telegram-preview.yaml clients/vk-preview.yaml
clients/small-internet-browsers/dillo.yaml clients/small-internet-browsers/netsurf.yaml
clients/small-internet-browsers/palemoon.yaml clients/small-internet-browsers/_permissive.yaml
common/keep-internet-working.yaml common/acts-like-browser.yaml common/allow-api-like.yaml common/json-api.yaml
common/allow-private-addresses.yaml common/rfc-violations.yaml
apps/allow-api-routes.yaml apps/bookstack-saml.yaml apps/gitea-rss-feeds.yaml apps/qualys-ssl-labs.yml
apps/searx-checker.yml
services/updown.yaml services/uptime-robot.yaml
crawlers/_allow-good.yaml crawlers/googlebot.yaml crawlers/applebot.yaml crawlers/bingbot.yaml
crawlers/duckduckbot.yaml crawlers/qwantbot.yaml crawlers/internet-archive.yaml crawlers/kagibot.yaml
crawlers/marginalia.yaml crawlers/mojeekbot.yaml crawlers/commoncrawl.yaml crawlers/wikimedia-citoid.yaml
crawlers/yandexbot.yaml crawlers/arquivo-pt.yaml crawlers/xai.yaml crawlers/ai-search.yaml crawlers/ai-training.yaml
crawlers/openai-gptbot.yaml crawlers/openai-searchbot.yaml crawlers/perplexitybot.yaml crawlers/alibaba-cloud.yaml
crawlers/huawei-cloud.yaml crawlers/tencent-cloud.yaml`.split(/\s+/)

const DEFAULT = 'meta/default.yaml'

test('every file that a policy written for Anubis may import is there', () => {
  expect(CENSUS.filter((file) => !setFiles.includes(file))).toEqual([])
})

describe.each(setFiles)('%s', (file) => {
  test('says in its first line what it is for', () => {
    expect(setText(file)).toMatch(/^# Purpose: [^\n]{20,}/)
  })

  test('compiles with all that it imports', () => {
    expect(faultsOf({ bots: rulesOf(file) })).toEqual([])
    expect(rulesOf(file).length).toBeGreaterThan(0)
  })

  test('gives each rule a name of its own', () => {
    const names = rulesOf(file).map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('imports what is there, and nothing twice', () => {
    const imports = entriesOf(file).flatMap((entry) => ('import' in entry ? [entry.import] : []))
    expect(imports.filter((name) => !setFiles.includes(name.replace('(data)/', '')))).toEqual([])
    expect(imports.length).toBe(new Set(imports).size)
  })

  test('has ranges in canonical form, each once', () => {
    for (const { remote_addresses: plain = [], verified } of rulesOf(file)) {
      const ranges = [...plain, ...(verified?.remote_addresses ?? [])]
      const canonical = ranges.map((text) => parseRange(text)).map((range) => range.ok && range.value.text)
      expect(canonical).toEqual(ranges)
      expect(new Set(ranges).size).toBe(ranges.length)
    }
  })
})

describe('a permit', () => {
  // Whoever imports these is told in their first lines what they open.
  const KNOWN = new Set(['clients/go-get.yaml'])
  const permits = setFiles
    .filter((file) => !KNOWN.has(file))
    .flatMap((file) => rulesOf(file).map((rule) => ({ file, rule })))
    .filter(({ rule }) => rule.action === 'ALLOW')

  test('never rests on a header alone', () => {
    const loose = permits.filter(
      ({ rule }) => (rule.path_regex ?? rule.verified ?? rule.remote_addresses) === undefined,
    )
    expect(permits.length).toBeGreaterThan(50)
    expect(loose).toEqual([])
  })

  test('by path is anchored at one end at least', () => {
    const loose = permits.filter(
      ({ rule }) => rule.path_regex !== undefined && !/^\^|\$$/.test(rule.path_regex),
    )
    expect(loose).toEqual([])
  })
})

describe('the default set', () => {
  const rules = rulesOf(DEFAULT)
  const ranges = rules.flatMap((rule) => [
    ...(rule.remote_addresses ?? []),
    ...(rule.verified?.remote_addresses ?? []),
  ])

  test('has the size that its cost is measured with', () => {
    expect(rules.length).toBeGreaterThanOrEqual(60)
    expect(ranges.length).toBeGreaterThanOrEqual(4000)
  })

  test('asks for no counting and for no database', () => {
    expect(policyOfSet(DEFAULT).rates).toEqual([])
    expect(JSON.stringify(rules)).not.toMatch(/"(?:asns|geoip|rate|list)":/)
  })

  test('decides before it weighs', () => {
    const firstWeighing = rules.findIndex(({ action }) => action === 'WEIGH')
    expect(rules.slice(firstWeighing).map(({ action }) => action)).not.toContain('ALLOW')
    expect(rules.slice(firstWeighing).map(({ action }) => action)).not.toContain('DENY')
  })

  test('waits for no name unless someone claims to be a crawler', () => {
    const asked: string[] = []
    const senses = { reverse: ({ text }: { text: string }) => (asked.push(text), []) }
    const policy = policyOfSet(DEFAULT, senses)
    const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    void policy.evaluate(factsOf({ headers: { 'user-agent': browser } }))
    expect(asked).toEqual([])
    void policy.evaluate(factsOf({ headers: { 'user-agent': 'MojeekBot/0.11' } }))
    expect(asked).toEqual(['192.0.2.1'])
  })
})
