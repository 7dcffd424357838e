import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsOf, faultsOf, policyOf, quietSenses } from './stage.ts'

const ua = (text: string) => ({ headers: { 'user-agent': text } })

test('without a rule the default decides, at the cost of the section challenge', () => {
  expect(policyOf({}).evaluate(factsOf())).toEqual({
    action: 'challenge',
    rule: 'default',
    work: 1_048_576,
    kind: 'pow',
    weight: 0,
  })
  expect(policyOf({ default: 'DENY' }).evaluate(factsOf())).toMatchObject({ action: 'deny', work: 0 })
})

test('the first rule that matches decides', async () => {
  const policy = policyOf({
    bots: [
      { name: 'a', action: 'DENY', path_regex: '^/a' },
      { name: 'b', action: 'ALLOW', path_regex: '^/(?:a|b)' },
    ],
  })
  expect(await policy.evaluate(factsOf({ target: '/ab' }))).toMatchObject({ action: 'deny', rule: 'a' })
  expect(await policy.evaluate(factsOf({ target: '/b' }))).toMatchObject({ action: 'allow', rule: 'b' })
  expect(policy.ruleNames).toEqual(['a', 'b', 'default'])
})

test('all conditions of a rule must hold', async () => {
  const policy = policyOf({
    bots: [
      {
        name: 'a',
        action: 'ALLOW',
        path_regex: '^/feed$',
        user_agent_regex: '(?i)reader',
        headers_regex: { Accept: 'xml', 'X-Key': '.*' },
        remote_addresses: ['192.0.2.0/24', '2001:db8::/32'],
      },
    ],
  })
  const headers = { 'user-agent': 'My READER/1', accept: 'text/xml', 'x-key': '1' }
  const fitting = { target: '/feed', headers }
  expect(await policy.evaluate(factsOf(fitting))).toMatchObject({ rule: 'a' })
  expect(await policy.evaluate(factsOf({ ...fitting, address: '2001:db8::5' }))).toMatchObject({ rule: 'a' })
  for (const missed of [
    { target: '/feeds' },
    { headers: { ...headers, 'user-agent': 'x' } },
    { headers: { ...headers, accept: 'text/html' } },
    { headers: { ...headers, 'x-key': '' } },
    { address: '198.51.100.1' },
  ]) {
    expect(await policy.evaluate(factsOf({ ...fitting, ...missed }))).toMatchObject({ rule: 'default' })
  }
})

test('a pattern of a header that fits the empty text also fits an absent header; .* asks for presence', async () => {
  const policy = policyOf({
    bots: [
      { name: 'present', action: 'DENY', headers_regex: { 'X-A': '.*' } },
      { name: 'empty', action: 'DENY', headers_regex: { 'X-B': '^$' } },
    ],
  })
  expect(policy.evaluate(factsOf({ headers: { 'x-a': 'y', 'x-b': '1' } }))).toMatchObject({ rule: 'present' })
  expect(policy.evaluate(factsOf())).toMatchObject({ rule: 'empty' })
  expect(policy.evaluate(factsOf({ headers: { 'x-a': '', 'x-b': '1' } }))).toMatchObject({ rule: 'default' })
})

test('a rule can ask for another challenge, in our words or in those of Anubis', () => {
  const policy = policyOf({
    bots: [
      { name: 'hard', action: 'CHALLENGE', path_regex: '^/login', challenge: { work: '8M' } },
      {
        name: 'four',
        action: 'CHALLENGE',
        path_regex: '^/4',
        challenge: { algorithm: 'fast', difficulty: 4 },
      },
      {
        name: 'zero',
        action: 'CHALLENGE',
        path_regex: '^/0',
        challenge: { algorithm: 'slow', difficulty: 0 },
      },
    ],
  })
  const workAt = (target: string) => policy.evaluate(factsOf({ target }))
  expect(workAt('/login')).toMatchObject({ rule: 'hard', work: 8_000_000, kind: 'pow' })
  expect(workAt('/4')).toMatchObject({ rule: 'four', work: 65_536, kind: 'pow' })
  expect(workAt('/0')).toMatchObject({ rule: 'zero', work: 1_048_576, kind: 'pow' })
})

describe('weights and thresholds', () => {
  const document = {
    bots: [
      { name: 'old', action: 'WEIGH', user_agent_regex: 'MSIE', weight: { adjust: 20 } },
      { name: 'usual', action: 'WEIGH', user_agent_regex: 'Mozilla' },
      { name: 'good', action: 'WEIGH', headers_regex: { 'Accept-Language': '.*' }, weight: { adjust: -5 } },
      { name: 'end', action: 'DENY', path_regex: '^/end' },
    ],
    thresholds: [
      { name: 'calm', expression: 'weight <= 0', action: 'ALLOW' },
      {
        name: 'warm',
        expression: { all: ['weight > 0', 'weight < 10'] },
        action: 'CHALLENGE',
        challenge: { work: 100 },
      },
      { name: 'hot', expression: { any: ['weight >= 10'] }, action: 'DENY' },
    ],
  }
  const policy = policyOf(document)

  test.each([
    ['curl', {}, 'threshold/calm', 0],
    ['Mozilla', {}, 'threshold/warm', 5],
    ['Mozilla', { 'accept-language': 'de' }, 'threshold/calm', 0],
    ['Mozilla MSIE', {}, 'threshold/hot', 25],
    ['MSIE', { 'accept-language': 'de' }, 'threshold/hot', 15],
  ])('%s with %o falls to %s at %i', (agent, headers, rule, weight) => {
    expect(policy.evaluate(factsOf({ headers: { ...headers, 'user-agent': agent } }))).toMatchObject({
      rule,
      weight,
    })
  })

  test('a rule that decides comes before every threshold', () => {
    expect(policy.evaluate(factsOf({ target: '/end', ...ua('MSIE') }))).toMatchObject({
      rule: 'end',
      weight: 20,
    })
  })

  test('what weighed is told in marks', () => {
    expect(policy.evaluate(factsOf(ua('Mozilla MSIE')))).toMatchObject({
      marks: [
        { rule: 'old', what: 'weighed', action: 'weigh' },
        { rule: 'usual', what: 'weighed', action: 'weigh' },
      ],
    })
  })

  test('where no threshold fits, the default decides', () => {
    const gap = policyOf({ ...document, thresholds: document.thresholds.slice(1, 2), default: 'DENY' })
    expect(gap.evaluate(factsOf(ua('curl')))).toMatchObject({ rule: 'default', action: 'deny' })
  })
})

describe('a rule that is only observed', () => {
  test('is told, but decides nothing and weighs nothing', () => {
    const policy = policyOf({
      bots: [
        { name: 'a', action: 'DENY', path_regex: '^/a', mode: 'observe' },
        { name: 'w', action: 'WEIGH', path_regex: '^/a', weight: { adjust: 9 }, mode: 'observe' },
      ],
      thresholds: [{ name: 't', expression: 'weight == 0', action: 'DENY', mode: 'observe' }],
      default: 'ALLOW',
    })
    expect(policy.evaluate(factsOf({ target: '/a' }))).toEqual({
      action: 'allow',
      rule: 'default',
      work: 0,
      kind: 'pow',
      weight: 0,
      marks: [
        { rule: 'a', what: 'observed', action: 'deny' },
        { rule: 'w', what: 'observed', action: 'weigh' },
        { rule: 'threshold/t', what: 'observed', action: 'deny' },
      ],
    })
  })
})

describe('a canary', () => {
  const policy = policyOf({
    bots: [{ name: 'new', action: 'DENY', path_regex: '.', canary: '20%' }],
    default: 'ALLOW',
  })
  const isHit = (address: string): boolean => {
    const verdict = policy.evaluate(factsOf({ address }))
    return !(verdict instanceof Promise) && verdict.rule === 'new'
  }

  test('takes its share of ten thousand networks', () => {
    let hits = 0
    for (let n = 0; n < 10_000; n++) if (isHit(`10.${n >> 8}.${n & 255}.1`)) hits++
    expect(hits).toBeGreaterThan(1_800)
    expect(hits).toBeLessThan(2_200)
  })

  test('takes its share of IPv6 networks too', () => {
    let hits = 0
    for (let n = 0; n < 10_000; n++) if (isHit(`2001:db8:${n.toString(16)}::1`)) hits++
    expect(hits).toBeGreaterThan(1_800)
    expect(hits).toBeLessThan(2_200)
  })

  test('is the same for every address of a network', () => {
    for (let n = 0; n < 50; n++) {
      expect(isHit(`192.0.${n}.1`)).toBe(isHit(`192.0.${n}.200`))
      expect(isHit(`2001:db8:0:${n}::1`)).toBe(isHit(`2001:db8:0:${n}:ffff::7`))
    }
  })

  test('of 0% is for nobody, of 100% for all', () => {
    const at = (canary: string) =>
      policyOf({ bots: [{ name: 'n', action: 'DENY', path_regex: '.', canary }], default: 'ALLOW' })
    expect(at('0%').evaluate(factsOf())).toMatchObject({ rule: 'default' })
    expect(at('100%').evaluate(factsOf())).toMatchObject({ rule: 'n' })
  })
})

describe('named conditions', () => {
  const conditions = {
    api: { path_regex: '^/api/' },
    inside: { remote_addresses: ['10.0.0.0/8'] },
    'api inside': { condition: ['api', 'inside'] },
  }

  test('are asked by condition, all of them, and by unless, none of them', () => {
    const policy = policyOf({
      conditions,
      bots: [
        { name: 'in', action: 'ALLOW', condition: 'api inside' },
        { name: 'out', action: 'DENY', condition: 'api', unless: ['inside'] },
      ],
    })
    expect(policy.evaluate(factsOf({ target: '/api/x', address: '10.1.1.1' }))).toMatchObject({ rule: 'in' })
    expect(policy.evaluate(factsOf({ target: '/api/x' }))).toMatchObject({ rule: 'out' })
    expect(policy.evaluate(factsOf({ address: '10.1.1.1' }))).toMatchObject({ rule: 'default' })
  })

  test('an exception holds for no path that can also be read otherwise', async () => {
    const policy = policyOf({
      conditions,
      bots: [{ name: 'shut', action: 'DENY', path_regex: '.', unless: 'api' }],
      default: 'ALLOW',
    })
    expect(await policy.evaluate(factsOf({ target: '/api/x' }))).toMatchObject({ rule: 'default' })
    expect(await policy.evaluate(factsOf({ target: '/api/../secret' }))).toMatchObject({ rule: 'shut' })
  })

  test('that are missing, empty or lead back to themselves are faults', () => {
    const circle = { a: { condition: 'b' }, b: { unless: 'a' }, c: {}, d: { path_regex: '(' } }
    const faults = faultsOf({ conditions: circle, bots: [{ name: 'r', action: 'DENY', condition: 'x' }] })
    expect(faults).toEqual([
      'conditions.b.unless leads back to itself: a → b → a',
      'conditions.a.condition names the condition "b", which is not usable',
      expect.stringMatching(/^conditions\.c needs at least one of /),
      'conditions.d.path_regex is not a regular expression: missing closing )',
      'bots.0.condition names no condition: "x" (there are a, b, c, d)',
    ])
  })
})

describe('a rule that cannot be evaluated', () => {
  const broken = { expression: 'headers["nope"] == "x"' }

  test.each([
    ['DENY', {}, 'deny', 'r'],
    ['CHALLENGE', {}, 'challenge', 'r'],
    ['ALLOW', {}, 'deny', 'default'],
  ] as const)('with %s %o leads to %s by %s', async (action, more, verdict, rule) => {
    const policy = policyOf({ bots: [{ name: 'r', action, ...broken, ...more }], default: 'DENY' })
    expect(await policy.evaluate(factsOf())).toMatchObject({
      action: verdict,
      rule,
      marks: [{ rule: 'r', what: 'failed' }],
    })
  })

  test('adds weight that harms and takes none away', async () => {
    const policy = policyOf({
      bots: [
        { name: 'up', action: 'WEIGH', ...broken, weight: { adjust: 7 } },
        { name: 'down', action: 'WEIGH', ...broken, weight: { adjust: -100 } },
      ],
    })
    expect(await policy.evaluate(factsOf())).toMatchObject({ weight: 7 })
  })

  test('fails the same way when a name server does not answer', async () => {
    const senses = { ...quietSenses, reverse: () => Promise.reject(new Error('timeout')) }
    const bots = [
      { name: 'in', action: 'ALLOW', expression: 'verifyFCrDNS(remoteAddress)' },
      { name: 'out', action: 'DENY', expression: '!verifyFCrDNS(remoteAddress)' },
    ]
    expect(await policyOf({ bots }, { senses }).evaluate(factsOf())).toMatchObject({
      rule: 'out',
      marks: [
        { rule: 'in', what: 'failed' },
        { rule: 'out', what: 'failed' },
      ],
    })
  })
})

describe('the DNS block list', () => {
  const blocked = (answer: string | undefined | Promise<string | undefined>) =>
    policyOf(
      { bots: [{ name: 'a', action: 'ALLOW', path_regex: '^/a' }] },
      {
        dnsbl: true,
        senses: { ...quietSenses, blocked: () => answer },
      },
    )

  test('refuses also whom a rule allows', async () => {
    for (const answer of ['OpenProxy', Promise.resolve('OpenProxy')]) {
      expect(await blocked(answer).evaluate(factsOf({ target: '/a' }))).toMatchObject({
        action: 'deny',
        rule: 'dnsbl',
      })
    }
  })

  test('that does not list the address or cannot be asked refuses nobody', async () => {
    for (const answer of [undefined, Promise.reject(new Error('timeout'))]) {
      expect(await blocked(answer).evaluate(factsOf({ target: '/a' }))).toMatchObject({ rule: 'a' })
    }
  })

  test('has a name that rules cannot take', () => {
    expect(blocked(undefined).ruleNames).toEqual(['a', 'dnsbl', 'default'])
    expect(faultsOf({ bots: [{ name: 'dnsbl', action: 'DENY', path_regex: '.' }] })).toEqual([
      'bots.0.name must not be "dnsbl", which is taken',
    ])
  })
})

describe('a path that can be read in several ways', () => {
  const policy = policyOf({
    bots: [
      { name: 'open', action: 'ALLOW', path_regex: '^/public/' },
      { name: 'shut', action: 'DENY', path_regex: '^/admin' },
    ],
  })

  test.each([
    '/public/../admin',
    '/public/%2e%2e/admin',
    '/public/..%2fadmin',
    '/public/..\\admin',
    '/public/x/..//..//admin',
    '/public/..;/admin',
  ])('%s is not allowed by its beginning', async (target) =>
    expect(await policy.evaluate(factsOf({ target }))).not.toMatchObject({ action: 'allow' }),
  )

  test.each([
    '/%61dmin',
    '//admin',
    '/./admin',
    '/x/../admin',
    '/public/../admin',
    '/x/%2e%2e/admin',
    '/;a=b/admin',
    '/x/..;a=b/admin',
  ])('%s is denied like what it leads to', async (target) =>
    expect(await policy.evaluate(factsOf({ target }))).toMatchObject({ rule: 'shut' }),
  )

  test.each(['/public/a%20b', '/public/%zz', '/public/.hidden', '/public/%ff', '/public/a;b=c'])(
    '%s is allowed, as all its readings are',
    async (target) => expect(await policy.evaluate(factsOf({ target }))).toMatchObject({ rule: 'open' }),
  )

  test('a milder rule that fits one reading does not hide a stricter one that fits another', async () => {
    const mild = policyOf({
      bots: [
        { name: 'mild', action: 'CHALLENGE', path_regex: '^/pub/', challenge: { work: 100 } },
        { name: 'hard', action: 'CHALLENGE', path_regex: '^/login', challenge: { work: '8M' } },
        { name: 'shut', action: 'DENY', path_regex: '^/admin' },
      ],
      default: 'ALLOW',
    })
    expect(await mild.evaluate(factsOf({ target: '/pub/x' }))).toMatchObject({ rule: 'mild' })
    expect(await mild.evaluate(factsOf({ target: '/pub/../admin' }))).toMatchObject({ rule: 'shut' })
    expect(await mild.evaluate(factsOf({ target: '/pub/../login' }))).toMatchObject({ rule: 'hard' })
    expect(await mild.evaluate(factsOf({ target: '/pub/../x' }))).toMatchObject({ rule: 'mild' })
  })
})

test('a pattern that would hang a backtracking engine is answered as fast as any other', async () => {
  const policy = policyOf({ bots: [{ name: 'a', action: 'DENY', user_agent_regex: '^(a+)+$' }] })
  expect(await policy.evaluate(factsOf(ua(`${'a'.repeat(20_000)}!`)))).toMatchObject({ rule: 'default' })
})

test('explain tells every rule that was tried, why, and the weight so far', async () => {
  const policy = policyOf({
    bots: [
      { name: 'a', action: 'DENY', path_regex: '^/b', user_agent_regex: 'Moz' },
      { name: 'w', action: 'WEIGH', user_agent_regex: 'Moz' },
      { name: 'o', action: 'DENY', user_agent_regex: 'Moz', mode: 'observe' },
      { name: 'f', action: 'ALLOW', expression: 'headers["Nope"] == "x"' },
    ],
    thresholds: [
      { name: 'low', expression: 'weight < 0', action: 'ALLOW' },
      { name: 'high', expression: 'weight > 0', action: 'DENY' },
    ],
  })
  const { verdict, trail } = await policy.explain(factsOf(ua('Mozilla')))
  expect(verdict).toMatchObject({ action: 'deny', rule: 'threshold/high', weight: 5 })
  expect(trail).toEqual([
    { rule: 'a', action: 'deny', matched: false, because: 'path_regex "^/b" did not match', weight: 0 },
    {
      rule: 'w',
      action: 'weigh',
      matched: true,
      because: 'user_agent_regex "Moz" matched; weight +5',
      weight: 5,
    },
    {
      rule: 'o',
      action: 'deny',
      matched: true,
      because: 'user_agent_regex "Moz" matched; only observed',
      weight: 5,
    },
    {
      rule: 'f',
      action: 'allow',
      matched: false,
      because: expect.stringMatching(/^could not be evaluated/),
      weight: 5,
    },
    {
      rule: 'threshold/low',
      action: 'allow',
      matched: false,
      because: 'weight < 0 is false for weight 5',
      weight: 5,
    },
    {
      rule: 'threshold/high',
      action: 'deny',
      matched: true,
      because: 'weight > 0 is true for weight 5',
      weight: 5,
    },
  ])
})

test('explaining and evaluating never disagree', async () => {
  const path = fc.constantFrom('/a', '/b', '/a/../b', '/%61', '//b', '/c;x', '/c')
  const rule = fc.record(
    {
      name: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      action: fc.constantFrom('ALLOW', 'DENY', 'CHALLENGE', 'WEIGH'),
      path_regex: fc.constantFrom('^/a', '^/b', 'c', 'x'),
      user_agent_regex: fc.constantFrom('Moz', 'curl'),
      expression: fc.constantFrom('path == "/b"', 'headers["X"] == "1"', 'method == "GET"'),
      canary: fc.constantFrom('50%'),
      mode: fc.constantFrom('observe', 'enforce'),
    },
    { requiredKeys: ['name', 'action', 'path_regex'] },
  )
  const rules = fc.uniqueArray(rule, { selector: ({ name }) => name, maxLength: 4 })
  const property = fc.asyncProperty(
    rules,
    path,
    fc.constantFrom('Moz', 'curl', ''),
    async (bots, target, agent) => {
      const policy = policyOf({ bots, thresholds: [{ name: 't', expression: 'weight > 5', action: 'DENY' }] })
      const facts = factsOf({ target, ...ua(agent) })
      expect((await policy.explain(facts)).verdict).toEqual(await policy.evaluate(facts))
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

test('all faults come at once, each with its path', () => {
  const bots = [
    { name: 'a', action: 'DENY', path_regex: '(' },
    { name: 'a', action: 'DENY' },
    { name: 'default', action: 'ALLOW', user_agent_regex: 'x(?!y)' },
    { name: 'c', action: 'CHALLENGE', path_regex: 'x', challenge: { kind: 'riddle', work: 3 } },
    { name: 'd', action: 'ALLOW', path_regex: 'x', challenge: { work: '1M' }, weight: { adjust: 1 } },
    { name: 'e', action: 'CHALLENGE', path_regex: 'x', challenge: { algorithm: 'fast', difficulty: 12 } },
    { name: 'f', action: 'CHALLENGE', path_regex: 'x', challenge: { work: 100, difficulty: 2 } },
    { name: 'threshold/x', action: 'DENY', headers_regex: { 'X-A': '(' } },
  ]
  expect(faultsOf({ bots, default: { action: 'CHALLENGE', challenge: { work: '100G' } } })).toEqual([
    'bots.0.path_regex is not a regular expression: missing closing )',
    expect.stringMatching(/^bots\.1 needs at least one of remote_addresses, /),
    'bots.2.user_agent_regex is not a regular expression: invalid or unsupported Perl syntax at character 2: (?!',
    'bots.3.challenge.kind must be a known kind of challenge: pow',
    'bots.4.weight belongs to the action WEIGH only',
    'bots.4.challenge belongs to the action CHALLENGE only',
    'bots.5.challenge.difficulty asks for more than 16 puzzles × 4294967296 hashes; it costs that',
    'bots.6.challenge.difficulty stands for kind and work; write one or the other',
    'bots.7.headers_regex of X-A is not a regular expression: missing closing )',
    'bots.1.name must be unique; an earlier rule is named "a"',
    'bots.2.name must not be "default", which is taken',
    'bots.7.name must not begin with "threshold/", which is taken',
    'default.challenge.work must be at most 16 puzzles × 4294967296',
  ])
})

test('read as an Anubis file, what only a purist would mind is a warning', () => {
  const bots = [
    { name: 'a', action: 'DENY', path_regex: 'x', weight: { adjust: 1 } },
    { name: 'a', action: 'CHALLENGE', path_regex: 'x', challenge: { algorithm: 'fast', difficulty: 64 } },
    { name: 'b', action: 'DENY', path_regex: 'x', challenge: { algorithm: 'fast', difficulty: 4 } },
  ]
  expect(faultsOf({ bots }, { lenient: true })).toEqual([])
  const policy = policyOf({ bots: bots.slice(1, 2) }, { lenient: true })
  expect(policy.evaluate(factsOf({ target: '/x' }))).toMatchObject({ work: 16 * 2 ** 32 })
})
