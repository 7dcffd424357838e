import { describe, expect, test } from 'vitest'
import { factsOf } from '../policy/stage.ts'
import type { Request } from '../policy/stage.ts'
import { named, policyOfFile, rulesOf, setText } from './sets.ts'

const NAMES = {
  '192.0.2.10': 'crawl-192-0-2-10.googlebot.com',
  '192.0.2.11': 'msnbot-192-0-2-11.search.msn.com',
  '192.0.2.12': 'spider-192-0-2-12.yandex.com',
  '192.0.2.13': 'crawl.googlebot.com.evil.example',
  '192.0.2.14': 'crawler1.mojeek.com',
}

const firefoxName = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const chromeName =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const safariName =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'
const common = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.5',
  'accept-encoding': 'gzip, deflate, br, zstd',
}
const navigation = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
  'upgrade-insecure-requests': '1',
}
const hints = {
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
  'sec-ch-ua-platform': '"Windows"',
  'sec-ch-ua-mobile': '?0',
}
const firefox = { 'user-agent': firefoxName, ...common, ...navigation }
const chrome = { 'user-agent': chromeName, ...common, ...navigation, ...hints }
const safari = {
  'user-agent': safariName,
  ...common,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
}

const ua = (text: string, more: Request = {}): Request => ({
  ...more,
  headers: { 'user-agent': text, accept: '*/*', ...more.headers },
})
const on = (target: string, more: Request = {}): Request => ({ target, ...more })

const ALIBABA = '8.208.0.1'
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
const googleRange =
  rulesOf('crawlers/googlebot.yaml')[0]?.verified?.remote_addresses?.[0]?.split('/')[0] ?? ''
const robotRange =
  rulesOf('services/uptime-robot.yaml')[0]?.verified?.remote_addresses?.[0]?.split('/')[0] ?? ''

type Row = readonly [what: string, request: Request, rule: string]

const ALLOWED: readonly Row[] = [
  ['curl', ua('curl/8.9.1'), 'threshold/unsuspicious'],
  ['wget', ua('Wget/1.24.5'), 'threshold/unsuspicious'],
  ['python-requests', ua('python-requests/2.32.3'), 'threshold/unsuspicious'],
  ['a Go program', ua('Go-http-client/1.1'), 'threshold/unsuspicious'],
  [
    'an ActivityPub server',
    ua('http.rb/5.1.1 (Mastodon/4.3.0; +https://m.example/)'),
    'threshold/unsuspicious',
  ],
  [
    'Slack showing a preview',
    ua('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'),
    'threshold/unsuspicious',
  ],
  ['pacman', ua('pacman/6.1.0 (Linux x86_64) libalpm/14.0.0', on('/core.db')), 'threshold/unsuspicious'],
  ['apt', ua('Debian APT-HTTP/1.3 (2.9.8)', on('/dists/stable/InRelease')), 'threshold/unsuspicious'],
  ['Dillo', ua('Mozilla/5.0 (compatible) Dillo/3.2', { headers: { ...common } }), 'threshold/unsuspicious'],
  ['robots.txt for GPTBot', ua('GPTBot/1.2', on('/robots.txt')), 'robots-txt'],
  ['robots.txt without a name', on('/robots.txt'), 'robots-txt'],
  [
    'a certificate',
    ua("Mozilla/5.0 (compatible; Let's Encrypt)", on('/.well-known/acme-challenge/x')),
    'well-known',
  ],
  ['the icon', on('/favicon.ico', { headers: firefox }), 'favicon'],
  ['the icon of a phone', on('/apple-touch-icon-120x120-precomposed.png', { headers: safari }), 'favicon'],
  ['the site map', on('/sitemap.xml'), 'sitemap'],
  ['one of several site maps', on('/sitemap-3.xml.gz'), 'sitemap'],
  ['a feed for a reader', ua('Miniflux/2.2.0 (+https://miniflux.app)', on('/feed.xml')), 'feed-file'],
  ['a feed for a reader that looks like a browser', on('/blog/feed/', { headers: chrome }), 'feed-file'],
  ['a feed for FreshRSS', ua('FreshRSS/1.24 (Linux; https://freshrss.org)', on('/news/rss')), 'feed-file'],
  ['a feed of a repository', ua('Mozilla/5.0 NetNewsWire', on('/user/repo.rss')), 'feed-file'],
  ['a feed of releases', ua('Tiny Tiny RSS/23', on('/user/repo/releases.atom')), 'feed-file'],
  ['a feed of all', ua('Feedly/1.0', on('/feeds/all.atom')), 'feed-file'],
  ['a feed of Hugo', ua('Thunderbird', on('/posts/index.xml')), 'feed-index-xml'],
  ['a feed at /feeds/all', ua('Thunderbird', on('/feeds/all')), 'feed-index'],
  ['git fetch', ua('git/2.47.0', on('/u/r.git/info/refs?service=git-upload-pack')), 'git-refs'],
  [
    'git clone',
    ua('git/2.47.0', {
      method: 'POST',
      target: '/u/r.git/git-upload-pack',
      headers: { 'content-type': 'application/x-git-upload-pack-request' },
    }),
    'git-pack',
  ],
  [
    'git push from an editor in the browser',
    ua(chromeName, {
      method: 'POST',
      target: '/u/r.git/git-receive-pack',
      headers: { 'content-type': 'application/x-git-receive-pack-request' },
    }),
    'git-pack',
  ],
  [
    'git lfs',
    ua('git-lfs/3.5.1', {
      method: 'POST',
      target: '/u/r.git/info/lfs/objects/batch',
      headers: { accept: 'application/vnd.git-lfs+json' },
    }),
    'git-lfs',
  ],
  [
    'docker pull',
    ua('docker/27.3.1 go/go1.22.7 git-commit/41ca978 os/linux', on('/v2/a/b/manifests/latest')),
    'container-registry',
  ],
  [
    'podman pull',
    ua('containers/5.32.2 (github.com/containers/image)', on('/v2/a/b/blobs/sha256:00')),
    'container-registry',
  ],
  [
    'podman pull from a cloud',
    ua('libpod/5.2.0', { ...on('/v2/a/tags/list'), address: ALIBABA }),
    'container-registry',
  ],
  ['a ping of the registry', on('/v2/', { headers: firefox }), 'container-registry-ping'],
  ['Googlebot from a published address', ua(GOOGLEBOT, { address: googleRange }), 'googlebot'],
  ['Googlebot with a name in DNS', ua(GOOGLEBOT, { address: '192.0.2.10' }), 'googlebot'],
  [
    'bingbot with a name in DNS',
    ua('Mozilla/5.0 (compatible; bingbot/2.0)', { address: '192.0.2.11' }),
    'bingbot',
  ],
  [
    'YandexBot with a name in DNS',
    ua('Mozilla/5.0 (compatible; YandexBot/3.0)', { address: '192.0.2.12' }),
    'yandexbot',
  ],
  ['Mojeek with a name in DNS', ua('MojeekBot/0.11', { address: '192.0.2.14' }), 'mojeekbot'],
  [
    'the Internet Archive',
    ua('Mozilla/5.0 (compatible; archive.org_bot)', { address: '207.241.225.9' }),
    'internet-archive',
  ],
  ['UptimeRobot', ua('Mozilla/5.0+(compatible; UptimeRobot/2.0)', { address: robotRange }), 'uptime-robot'],
]

const DENIED: readonly Row[] = [
  ['GPTBot', ua('Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'), 'ai-training'],
  ['ClaudeBot', ua('Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)'), 'ai-training'],
  ['Bytespider', ua('Mozilla/5.0 (Linux; Android 5.0) (compatible; Bytespider)'), 'ai-undocumented'],
  ['Amazonbot', ua('Mozilla/5.0 (compatible; Amazonbot/0.1)'), 'ai-undocumented'],
  ['GPTBot on a feed', ua('GPTBot/1.2', on('/feed.xml')), 'ai-training'],
  [
    'Chrome without a window',
    ua('Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36'),
    'headless-chrome',
  ],
  [
    'Chrome without a window that hides it badly',
    { headers: { ...chrome, 'sec-ch-ua': '"HeadlessChrome";v="140"' } },
    'headless-hints',
  ],
  ['Lightpanda', ua('Lightpanda/1.0'), 'lightpanda'],
  ['sqlmap', ua('sqlmap/1.8#stable (https://sqlmap.org)'), 'attack-tools'],
  ['AIWebIndex by address', ua('curl/8', { address: '46.224.73.201' }), 'lyrenth-ai-web-index-addresses'],
  [
    'a scraper that names its source',
    ua('x (+https://github.com/US-Artificial-Intelligence/scraper)'),
    'us-ai-scraper',
  ],
]

const CHALLENGED: readonly Row[] = [
  ['Firefox', { headers: firefox }, 'threshold/ordinary-browser'],
  ['Chrome', { headers: chrome }, 'threshold/ordinary-browser'],
  ['Safari of a phone', { headers: safari }, 'threshold/ordinary-browser'],
  [
    'Pale Moon',
    ua('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Goanna/6.7 PaleMoon/33.3', { headers: {} }),
    'threshold/odd-browser',
  ],
  ['Firefox in a cloud', { headers: firefox, address: ALIBABA }, 'threshold/odd-browser'],
  ['Chrome without its headers', { headers: { 'user-agent': chromeName } }, 'threshold/very-suspicious'],
  [
    'Firefox that says it is Chrome in its hints',
    { headers: { ...firefox, ...hints } },
    'threshold/suspicious',
  ],
  [
    'Linux that says Windows in its hints',
    {
      headers: {
        ...chrome,
        'user-agent': chromeName.replace('Windows NT 10.0; Win64; x64', 'X11; Linux x86_64'),
      },
    },
    'threshold/suspicious',
  ],
  [
    'a phone that says Windows in its hints',
    {
      headers: {
        ...chrome,
        'user-agent': chromeName.replace('Windows NT 10.0; Win64; x64', 'Linux; Android 10; K'),
      },
    },
    'threshold/suspicious',
  ],
  [
    'a Mac that says Windows in its hints',
    {
      headers: {
        ...chrome,
        'user-agent': chromeName.replace('Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'),
      },
    },
    'threshold/suspicious',
  ],
  [
    'Chrome on two systems at once',
    { headers: { ...chrome, 'sec-ch-ua-platform': '"macOS"' } },
    'threshold/suspicious',
  ],
  [
    'an old Chrome',
    { headers: { ...chrome, 'user-agent': chromeName.replace('140', '61') } },
    'threshold/odd-browser',
  ],
  [
    'Internet Explorer',
    ua('Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)'),
    'threshold/very-suspicious',
  ],
  [
    'Windows 11 that never was',
    { headers: { ...chrome, 'user-agent': chromeName.replace('10.0; W', '11.0; W') } },
    'threshold/suspicious',
  ],
  ['nobody', ua(''), 'threshold/odd-browser'],
  ['a placeholder', ua('Mozilla/5.0'), 'threshold/very-suspicious'],
  ['who says to be Googlebot', ua(GOOGLEBOT), 'threshold/very-suspicious'],
  [
    'who says to be Googlebot, with a name of his own',
    ua(GOOGLEBOT, { address: '192.0.2.13' }),
    'threshold/very-suspicious',
  ],
  ['who says to be UptimeRobot', ua('UptimeRobot/2.0'), 'threshold/odd-browser'],
  [
    'ChatGPT-User from elsewhere',
    ua('Mozilla/5.0 (compatible; ChatGPT-User/1.0)'),
    'threshold/very-suspicious',
  ],
  ['who looks for secrets', ua('curl/8', on('/.env')), 'threshold/suspicious'],
  [
    'who looks for secrets in a roundabout way',
    ua('curl/8', on('/x/..%2f.git/config')),
    'threshold/very-suspicious',
  ],
  [
    'docker outside the registry',
    ua('docker/27.3.1', { target: '/user/page', address: ALIBABA }),
    'threshold/odd-browser',
  ],
  [
    'a feed path in the query only',
    on('/page?x=/feed.xml', { headers: firefox }),
    'threshold/ordinary-browser',
  ],
  [
    'a page that is deleted as if it were a feed',
    on('/feed.xml', { method: 'DELETE', headers: firefox }),
    'threshold/ordinary-browser',
  ],
  ['a page behind a feed path', on('/feed/../admin', { headers: firefox }), 'threshold/suspicious'],
  ['git refs without a service', on('/u/r/info/refs', { headers: firefox }), 'threshold/ordinary-browser'],
]

describe.each([
  ['allows', 'allow', ALLOWED],
  ['denies', 'deny', DENIED],
  ['challenges', 'challenge', CHALLENGED],
] as const)('the default policy %s', (_, action, rows) => {
  const policy = policyOfFile('default.yaml', named(NAMES))

  test.each(rows)('%s', async (_what, request, rule) => {
    expect(await policy.evaluate(factsOf(request))).toMatchObject({ action, rule })
  })
})

test('the default policy expects of plain http no headers that browsers send over https only', async () => {
  const policy = policyOfFile('default.yaml')
  const facts = factsOf({ headers: { 'user-agent': chromeName, ...common } })
  const plain = { ...facts, client: { ...facts.client, scheme: 'http' as const } }
  expect(await policy.evaluate(facts)).toMatchObject({ rule: 'threshold/suspicious' })
  expect(await policy.evaluate(plain)).toMatchObject({ rule: 'threshold/ordinary-browser' })
})

test('the work of the default policy rises with the weight', async () => {
  const policy = policyOfFile('default.yaml')
  const works = [firefox, { ...chrome, 'sec-ch-ua-platform': '"macOS"' }, { 'user-agent': chromeName }]
  const asked = works.map(async (headers) => policy.evaluate(factsOf({ headers })))
  expect((await Promise.all(asked)).map(({ work }) => work)).toEqual([64_000, 1_000_000, 8_000_000])
})

describe('browsers as they are', () => {
  const agentOf = (system: string, rest = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0') =>
    `Mozilla/5.0 (${system}) ${rest}`
  const hinted = (platform: string) => ({ ...hints, 'sec-ch-ua-platform': `"${platform}"` })
  const policy = policyOfFile('default.yaml')

  test.each([
    ['Edge', `${agentOf('Windows NT 10.0; Win64; x64')} Safari/537.36 Edg/140.0.0.0`, hinted('Windows')],
    ['Chrome of a Mac', `${agentOf('Macintosh; Intel Mac OS X 10_15_7')} Safari/537.36`, hinted('macOS')],
    ['Chrome of Linux', `${agentOf('X11; Linux x86_64')} Safari/537.36`, hinted('Linux')],
    ['Chrome of ChromeOS', `${agentOf('X11; CrOS x86_64 14541.0.0')} Safari/537.36`, hinted('Chrome OS')],
    ['Chrome of a phone', `${agentOf('Linux; Android 10; K')} Mobile Safari/537.36`, hinted('Android')],
    [
      'a phone that asks for the desktop page',
      `${agentOf('X11; Linux x86_64')} Safari/537.36`,
      hinted('Android'),
    ],
    [
      'Samsung Internet',
      agentOf(
        'Linux; Android 10; K',
        'AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      ),
      hinted('Android'),
    ],
    [
      'Firefox of Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0',
      {},
    ],
    ['Firefox of a phone', 'Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0', {}],
    [
      'Firefox of a Mac, long term',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0',
      {},
    ],
    ['Tor Browser', 'Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0', {}],
    [
      'Safari of a Mac',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      {},
    ],
    [
      'Safari of an iPad',
      'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1',
      {},
    ],
    [
      'Chrome of an iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
      {},
    ],
    [
      'Firefox of an iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/142.0 Mobile/15E148 Safari/605.1.15',
      {},
    ],
    [
      'the view of an app',
      'Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36',
      hinted('Android'),
    ],
    ['Opera', `${agentOf('Windows NT 10.0; Win64; x64')} Safari/537.36 OPR/122.0.0.0`, hinted('Windows')],
  ])('%s is an ordinary browser', async (_what, agent, more) => {
    const headers = { 'user-agent': agent, ...common, ...navigation, ...more }
    expect(await policy.evaluate(factsOf({ headers }))).toMatchObject({
      rule: 'threshold/ordinary-browser',
      weight: 5,
    })
  })
})

describe('the policy in the format of Anubis', () => {
  const policy = policyOfFile('botPolicies.yaml', named(NAMES))

  test('has only keys that Anubis knows', () => {
    const keys = [...setText('botPolicies.yaml').matchAll(/^(\w+):/gm)].map((match) => match[1])
    expect(keys).toEqual(['bots', 'thresholds', 'dnsbl', 'status_codes', 'store'])
  })

  test.each([
    ['curl', ua('curl/8.9.1'), 'allow', 'threshold/nothing-suspicious', 0],
    ['nobody', ua(''), 'allow', 'threshold/nothing-suspicious', 0],
    ['a browser', ua('Mozilla/5.0'), 'challenge', 'threshold/somewhat-suspicious', 256],
    [
      'Internet Explorer',
      ua('Mozilla/4.0 (compatible; MSIE 7.0)'),
      'challenge',
      'threshold/very-suspicious',
      16 ** 6,
    ],
    ['Amazonbot', ua('Amazonbot/0.1'), 'deny', 'ai-undocumented', 0],
    ['ChatGPT-User', ua('ChatGPT-User/1.0'), 'deny', 'ai-user-fetchers', 0],
    [
      'who says to be Googlebot without saying Mozilla',
      ua('Googlebot/2.1'),
      'allow',
      'threshold/nothing-suspicious',
      0,
    ],
    ['Googlebot', ua(GOOGLEBOT, { address: googleRange }), 'allow', 'googlebot', 0],
    ['a cloud', ua('curl/8', { address: ALIBABA }), 'deny', 'alibaba-cloud-denied', 0],
    [
      'Firefox for a summary',
      ua('curl', { headers: { 'x-firefox-ai': '1' } }),
      'challenge',
      'threshold/hardly-suspicious',
      16,
    ],
    [
      'a worker',
      ua('curl', { headers: { 'cf-worker': 'a.example' } }),
      'challenge',
      'threshold/somewhat-suspicious',
      256,
    ],
  ] as const)('%s', async (_what, request, action, rule, work) => {
    expect(await policy.evaluate(factsOf(request))).toMatchObject({ action, rule, work })
  })
})
