import { describe, expect, test } from 'vitest'
import type { Policy } from '../../src/policy/policy.ts'
import { factsOf } from '../policy/stage.ts'
import { agents, named, policyOfSet, rulesOf } from './sets.ts'

const groupOf = (name: string): readonly string[] => agents[name] ?? []
const undocumented = groupOf('ai_undocumented_or_mixed')
const search = groupOf('ai_search')
const users = groupOf('ai_user_fetchers')
const training = groupOf('ai_training')
/** Documented elsewhere, yet in the list of those that mix. */
const both = [...search, ...users].filter((name) => undocumented.includes(name))
const onlyIn = (group: readonly string[]): readonly string[] => group.filter((name) => !both.includes(name))

/** How an agent writes its name. */
const spellings = (name: string): readonly string[] => [
  name.includes('/') ? name : `${name}/1.0`,
  `Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ${name}; +https://a.example/bot)`,
  `Mozilla/5.0 (compatible; ${name})`,
]

const policies = new Map<string, Policy>()
const policyFor = (file: string): Policy => {
  const policy = policies.get(file) ?? policyOfSet(file, named({ '192.0.2.7': 'crawl.mistral.ai' }))
  policies.set(file, policy)
  return policy
}

const actionsOf = async (file: string, name: string, address = '192.0.2.1'): Promise<string[]> => {
  const policy = policyFor(file)
  const verdicts = spellings(name).map(async (text) =>
    policy.evaluate(factsOf({ address, headers: { 'user-agent': text } })),
  )
  const actions = (await Promise.all(verdicts)).map(({ action, rule }) =>
    rule === 'default' ? 'undecided' : action,
  )
  return [...new Set(actions)]
}

const firstAddressOf = (file: string): string =>
  rulesOf(file)[0]?.verified?.remote_addresses?.[0]?.split('/')[0] ?? ''

const DOCUMENTED = [
  ['OAI-SearchBot', 'crawlers/openai-searchbot.yaml'],
  ['PerplexityBot', 'crawlers/perplexitybot.yaml'],
  ['ChatGPT-User', 'clients/openai-chatgpt-user.yaml'],
  ['Perplexity-User', 'clients/perplexity-user.yaml'],
] as const

test('the groups of agents are all there', () => {
  expect([undocumented.length, search.length, users.length, training.length]).toEqual([52, 4, 4, 2])
  expect(both).toEqual(['PerplexityBot', 'Perplexity-User'])
})

describe('the aggressive stance', () => {
  const file = 'meta/ai-block-aggressive.yaml'
  const all = [...new Set([...undocumented, ...search, ...users, ...training])]

  test.each(all)('refuses %s', async (name) => {
    expect(await actionsOf(file, name)).toEqual(['deny'])
  })

  test.each(DOCUMENTED)('refuses %s from its own addresses too', async (name, from) => {
    expect(await actionsOf(file, name, firstAddressOf(from))).toEqual(['deny'])
  })
})

describe('the moderate stance', () => {
  const file = 'meta/ai-block-moderate.yaml'

  test.each([...undocumented, ...training])('refuses %s', async (name) => {
    expect(await actionsOf(file, name)).toEqual(['deny'])
  })

  test.each(onlyIn([...search, ...users]))('decides nothing about %s from anywhere', async (name) => {
    expect(await actionsOf(file, name)).toEqual(['undecided'])
  })

  test.each(DOCUMENTED)('lets %s in from its own addresses', async (name, from) => {
    expect(await actionsOf(file, name, firstAddressOf(from))).toEqual(['allow'])
  })

  test('lets MistralAI-User in by its name in DNS', async () => {
    expect(await actionsOf(file, 'MistralAI-User', '192.0.2.7')).toEqual(['allow'])
  })

  test('refuses GPTBot from its own addresses', async () => {
    const address = firstAddressOf('crawlers/openai-gptbot.yaml')
    expect(await actionsOf(file, 'GPTBot', address)).toEqual(['deny'])
  })
})

describe('the permissive stance', () => {
  const file = 'meta/ai-block-permissive.yaml'

  test.each(undocumented)('refuses %s', async (name) => {
    expect(await actionsOf(file, name)).toEqual(['deny'])
  })

  test.each([...onlyIn([...search, ...users]), ...training])(
    'decides nothing about %s from anywhere',
    async (name) => {
      expect(await actionsOf(file, name)).toEqual(['undecided'])
    },
  )

  test.each([...DOCUMENTED, ['GPTBot', 'crawlers/openai-gptbot.yaml'] as const])(
    'lets %s in from its own addresses',
    async (name, from) => {
      expect(await actionsOf(file, name, firstAddressOf(from))).toEqual(['allow'])
    },
  )
})

describe('the set ai-robots-txt', () => {
  test.each(groupOf('ai_robots_txt_1_47'))('refuses %s', async (name) => {
    expect(await actionsOf('bots/ai-robots-txt.yaml', name)).toEqual(['deny'])
  })

  test.each([
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'VSCode/1.90',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (compatible; OperatorlessBot/1.0)',
  ])('has nothing against %s', async (text) => {
    const facts = factsOf({ headers: { 'user-agent': text } })
    expect(await policyFor('bots/ai-robots-txt.yaml').evaluate(facts)).toMatchObject({ rule: 'default' })
  })
})
