import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseRobots } from '../../src/cli/robots/robots.ts'
import { robotsRulesOf } from '../../src/cli/robots/rules.ts'
import type { RobotsOptions, RobotsRules } from '../../src/cli/robots/rules.ts'
import { robots2policyCommand } from '../../src/cli/robots2policy.ts'
import { factsOf, faultsOf, policyOf } from '../policy/stage.ts'
import { captureIo } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-robots-'))
afterAll(() => rmSync(folder, { recursive: true }))

const made = (text: string, options: Partial<RobotsOptions> = {}): RobotsRules => {
  const wish = { name: 'r', action: 'DENY', delayWeight: 0, denied: [], ...options } as const
  const rules = robotsRulesOf(parseRobots(text), wish)
  if (!rules.ok) throw new Error(rules.fault)
  return rules.value
}
const verdictOf = async (text: string, agent: string, target: string, options?: Partial<RobotsOptions>) => {
  const policy = policyOf({ bots: made(text, options).rules, default: 'ALLOW' })
  return policy.evaluate(factsOf({ target, headers: { 'user-agent': agent } }))
}
const denies = async (text: string, agent: string, target: string): Promise<boolean> =>
  (await verdictOf(text, agent, target)).action === 'deny'

describe('paths of RFC 9309', () => {
  const rows: readonly (readonly [pattern: string, target: string, disallowed: boolean])[] = [
    ['/fish', '/fish', true],
    ['/fish', '/fish.html', true],
    ['/fish', '/fishheads/yummy.html', true],
    ['/fish', '/Fish.asp', false],
    ['/fish', '/catfish', false],
    ['/fish/', '/fish', false],
    ['/fish/', '/fish/salmon.htm', true],
    ['/fish*', '/fish.php?id=1', true],
    ['*.php', '/folder/a.php', true],
    ['/*.php$', '/a.php', true],
    ['/*.php$', '/a.php?x=1', false],
    ['/*.php$', '/a.php5', false],
    ['/fish*.php', '/fishheads/catfish.php?x', true],
    ['/fish*.php', '/Fish.PHP', false],
    ['/a.b', '/axb', false],
    ['/a(b|c)+', '/a(b|c)+/d', true],
    ['/a(b|c)+', '/ab', false],
    ['/a%3Cb', '/a%3cb', true],
    ['/a<b', '/a%3Cb', true],
    ['/%7Ejoe', '/~joe/', true],
    ['/~joe', '/%7Ejoe/', true],
    ['/%E3%83%84', '/%E3%83%84x', true],
    ['/ツ', '/%e3%83%84', true],
    ['/a%2Fb', '/a%2Fb', true],
    ['/a%2Fb', '/a/b', false],
    ['/*?', '/x?a=1', true],
    ['/*?', '/x', false],
    ['/*?sort=', '/x?sort=up', true],
    ['/*?sort=', '/x?order=up', false],
    ['/list?sort=up', '/list?sort=upwards', true],
    ['/list?sort=up$', '/list?sort=upwards', false],
    ['/list?sort=up', '/other?sort=up', false],
    ['/*&page=', '/x?a=1&page=2', true],
    ['/*page=', '/x?subpage=2', true],
    ['/*page=', '/x?pages=2', false],
    ['/search', '/a/../search', true],
  ]

  test.each(rows)('%s and %s: %s', async (pattern, target, disallowed) => {
    expect(await denies(`User-agent: Bot\nDisallow: ${pattern}`, 'Bot/1', target)).toBe(disallowed)
  })

  test.each([
    ['Allow: /p\nDisallow: /', '/page', false],
    ['Disallow: /\nAllow: /p', '/page', false],
    ['Disallow: /\nAllow: /p', '/other', true],
    ['Allow: /folder\nDisallow: /folder', '/folder/page', false],
    ['Allow: /page\nDisallow: /*.htm', '/page.htm', true],
    ['Allow: /$\nDisallow: /', '/', false],
    ['Allow: /$\nDisallow: /', '/page.htm', true],
    ['Disallow: /a\nAllow: /a/b\nDisallow: /a/b/c', '/a/b/x', false],
    ['Disallow: /a\nAllow: /a/b\nDisallow: /a/b/c', '/a/b/c', true],
    ['Disallow: /*?\nAllow: /*?lang=', '/x?lang=de', false],
    ['Disallow: /', '/robots.txt', false],
    ['Disallow:', '/x', false],
    ['Disallow: / # all of it', '/x', true],
    ['Disallow: /a\nAllow: /a/b', '/a/b/../c', true],
  ])('of %j the longest line that matches %s decides: %s', async (lines, target, disallowed) => {
    expect(await denies(`User-agent: Bot\n${lines}`, 'Bot/1', target)).toBe(disallowed)
  })

  test('rules say the same as the longest match of the RFC', async () => {
    const piece = fc.constantFrom('/a', '/b', '/ab', '/a/b', '*', 'b', '/')
    const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('')}`)
    const line = fc.record({ allow: fc.boolean(), pattern })
    const target = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'c'), { maxLength: 4 })
      .map((x) => `/${x.join('/')}`)
    const model = (lines: readonly { allow: boolean; pattern: string }[], path: string): boolean => {
      const matching = lines.filter((one) => new RegExp(`^${one.pattern.replaceAll('*', '.*')}`).test(path))
      const longest = Math.max(0, ...matching.map((one) => one.pattern.length))
      const best = matching.filter((one) => one.pattern.length === longest)
      return best.length > 0 && best.every((one) => !one.allow)
    }
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), target, async (lines, path) => {
        const text = lines.map((one) => `${one.allow ? 'Allow' : 'Disallow'}: ${one.pattern}`)
        // A doubled slash is read in two ways, and a rule that restricts minds both.
        fc.pre(lines.every((one) => !one.pattern.includes('//')))
        expect(await denies(`User-agent: Bot\n${text.join('\n')}`, 'Bot/1', path)).toBe(model(lines, path))
      }),
      { numRuns: 300 },
    )
  })
})

describe('groups of RFC 9309', () => {
  const text = `\uFEFFUser-Agent: GPTBot
user-agent: CCBot
Disallow: /

# the same crawler again
User-agent: ccbot
Disallow: /never

Sitemap: https://a.example/sitemap.xml
User-agent: Googlebot
Disallow: /g
User-agent: Googlebot-Image
Disallow: /i
User-agent: *
Disallow: /all
`

  test.each([
    ['Mozilla/5.0 (compatible; GPTBot/1.2)', '/x', true],
    ['gptbot', '/x', true],
    ['CCBot/2.0', '/never', true],
    ['NotGPTBotty/1', '/x', false],
    ['Googlebot/2.1', '/g', true],
    ['Googlebot/2.1', '/all', false],
    ['Googlebot-Image/1.0', '/g', false],
    ['Googlebot-Image/1.0', '/i', true],
    ['OtherBot', '/all', true],
    ['OtherBot', '/g', false],
  ])('%s on %s: %s', async (agent, target, disallowed) => {
    expect(await denies(text, agent, target)).toBe(disallowed)
  })

  test('Disallow: / to everybody adds weight and refuses nobody', async () => {
    const verdict = await verdictOf('User-agent: *\nDisallow: /', 'Mozilla/5.0', '/x')
    expect(verdict).toMatchObject({ action: 'allow', weight: 20 })
  })

  test('Disallow: / to a crawler refuses it whatever the action for paths is', async () => {
    const verdict = await verdictOf('User-agent: Bot\nDisallow: /', 'Bot', '/x', { action: 'CHALLENGE' })
    expect(verdict).toMatchObject({ action: 'deny' })
  })

  test('Crawl-delay weighs when asked to', async () => {
    const slow = 'User-agent: Bot\nCrawl-delay: 10\nUser-agent: *\nCrawl-delay: 0\nDisallow: /x'
    expect(await verdictOf(slow, 'Bot', '/', { delayWeight: 7 })).toMatchObject({ weight: 7 })
    expect(await verdictOf(slow, 'Else', '/', { delayWeight: 7 })).toMatchObject({ weight: 0 })
  })

  test('names can be refused whatever robots.txt says', async () => {
    const verdict = await verdictOf('User-agent: Bad\nAllow: /', 'Bad (1)', '/', {
      denied: ['Bad (1)', 'Worse'],
    })
    expect(verdict).toMatchObject({ action: 'deny', rule: 'r-1' })
  })

  test('what a rule cannot say is told with its line', () => {
    const { notes, rules } = made('User-agent: *\nDisallow: /x*a=b&c\nDisallow: nowhere\nDisallow: /ok')
    expect(rules.map(({ path_regex }) => path_regex)).toEqual(['^/ok'])
    expect(notes).toEqual([
      'line 2: /x*a=b&c asks more of the query than a rule can say; left out',
      'line 3: nowhere must begin with / or *; left out',
    ])
  })
})

describe('the size', () => {
  test('thousands of lines become few rules that compile', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `Disallow: /path-${index}/`)
    const { rules } = made(`User-agent: *\n${lines.join('\n')}`)
    expect(rules.length).toBeLessThan(30)
    policyOf({ bots: rules })
  })

  test('any text is read without a fault', () => {
    const word = fc.constantFrom(
      'User-agent:',
      'Allow:',
      'Disallow:',
      '*',
      '/',
      '$',
      '?',
      '%',
      '%zz',
      '\n',
      'ü',
      '"',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), (parts) => {
        const { rules } = made(`User-agent: a\nDisallow: /${parts.join(' ')}`)
        expect(faultsOf({ bots: rules })).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('the command', () => {
  const run = async (...args: string[]) => {
    const { io, written } = captureIo()
    return { status: await robots2policyCommand.run(args, io), ...written }
  }
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const served = async (listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> => {
    const server = createServer(listener)
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/robots.txt`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const good = 'User-agent: Bot\nDisallow: /x\n'

  test('prints a list of rules with its purpose first', async () => {
    const { status, out, err } = await run(write('good.txt', good))
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^# Purpose: [^\n]+\n- name: robots-txt-1\n/)
    const rules: unknown = parse(out)
    expect(rules).toEqual([
      { name: 'robots-txt-1', action: 'CHALLENGE', user_agent_regex: '(?i)(?:\\bbot\\b)', path_regex: '^/x' },
    ])
    policyOf({ bots: rules })
  })

  test('prints JSON, and obeys its flags', async () => {
    const { out } = await run(
      write('good.txt', good),
      '--format',
      'json',
      '--action',
      'deny',
      '--name',
      'mine',
    )
    expect(JSON.parse(out)).toMatchObject([{ name: 'mine-1', action: 'DENY' }])
  })

  test('reads what a server answers, also after a redirect', async () => {
    const listener: RequestListener = ({ url }, response) => {
      if (url === '/robots.txt') response.writeHead(301, { location: '/there' }).end()
      else response.end(good)
    }
    await served(listener, async (url) => {
      expect((await run(url)).out).toContain('^/x')
    })
  })

  test.each([
    ['a status', (_, response) => response.writeHead(404).end(good), /answered with status 404/],
    [
      'a circle',
      (_, response) => response.writeHead(302, { location: '/robots.txt' }).end(),
      /status 302|redirect/i,
    ],
    ['a flood', (_, response) => response.end('#'.repeat(1_000_001)), /is longer than 1000000 bytes/],
  ] satisfies readonly (readonly [string, RequestListener, RegExp])[])(
    'a server that answers with %s is a fault',
    async (_what, listener, message) => {
      await served(listener, async (url) => {
        const { status, out, err } = await run(url)
        expect([status, out]).toEqual([1, ''])
        expect(err).toMatch(message)
      })
    },
  )

  test.each([
    ['nothing disallowed', () => [write('none.txt', 'User-agent: *\nDisallow:\n')], /asks for nothing/],
    ['no file', () => [join(folder, 'nowhere.txt')], /no such file/],
    ['a wrong action', () => [write('good.txt', good), '--action', 'ALLOW'], /--action must be one of/],
    ['a wrong weight', () => ['-', '--crawl-delay-weight', 'x'], /must be a whole number/],
  ] as const)('%s is a fault', async (_what, args, message) => {
    const { status, err } = await run(...args())
    expect(status).toBe(1)
    expect(err).toMatch(message)
  })
})
