import { describe, expect, test } from 'vitest'
import { levelOf } from '../../src/challenge/level.ts'
import { challengeJsonOf } from '../../src/challenge/present.ts'
import { ANSWERER, createLife, rightAnswer, TTL, wrongAnswer } from './life.ts'
import { solve } from './solve.ts'

const other = { ...ANSWERER, fingerprint: 'another browser' }

describe('a challenge', () => {
  test('is solved by a right answer and brings back all that was sealed', async () => {
    const { challenges, issue, wall } = createLife()
    const issued = await issue()
    const redemption = await challenges.redeem(rightAnswer(issued), ANSWERER)
    expect(redemption).toEqual({ outcome: 'solved', challenge: issued.challenge, mintedAt: wall.now() })
    expect(issued.challenge).toMatchObject({
      level: 6,
      kind: 'pow',
      host: 'site.test',
      returnPath: '/deep?q',
    })
  })

  test('is solved on another thread too, and spent everywhere after', async () => {
    const { challenges, elsewhere, issue } = createLife()
    const issued = await issue()
    expect((await elsewhere.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('solved')
    expect((await challenges.redeem(rightAnswer(issued), other)).outcome).toBe('spent')
  })

  test('may be answered wrong and then right', async () => {
    const { challenges, issue } = createLife()
    const issued = await issue()
    expect((await challenges.redeem(wrongAnswer(issued), ANSWERER)).outcome).toBe('wrong')
    expect((await challenges.redeem(wrongAnswer(issued), other)).outcome).toBe('wrong')
    expect((await challenges.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('solved')
  })

  test('buys nothing once its time is over', async () => {
    const { challenges, issue, advance } = createLife()
    const [early, late] = [await issue(), await issue()]
    advance(TTL - 1)
    expect((await challenges.redeem(rightAnswer(early), ANSWERER)).outcome).toBe('solved')
    advance(1)
    const redemption = await challenges.redeem(rightAnswer(late), ANSWERER)
    expect(redemption).toEqual({ outcome: 'expired', challenge: late.challenge })
  })

  test('that was answered buys nothing more at the very end of its time', async () => {
    const { challenges, issue, advance } = createLife()
    const issued = await issue()
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    for (let step = 0; step < 100; step++) {
      advance(TTL / 50)
      expect(['again', 'spent', 'expired']).toContain(
        (await challenges.redeem(rightAnswer(issued), ANSWERER)).outcome,
      )
    }
  })

  test('is unknown at another host', async () => {
    const { challenges, issue } = createLife()
    const issued = await issue()
    const elsewhere = { ...ANSWERER, host: 'other.test' }
    expect(await challenges.redeem(rightAnswer(issued), elsewhere)).toEqual({
      outcome: 'unknown',
      challenge: undefined,
    })
    expect((await challenges.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('solved')
  })

  test('of another gateway is unknown', async () => {
    const issued = await createLife().issue()
    expect((await createLife().challenges.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('unknown')
  })

  test('of a kind that is not there is an error of the caller', async () => {
    const { issue } = createLife()
    await expect(issue({ kind: 'constructor' })).rejects.toThrow(RangeError)
  })

  test('never shares its id or its seed with another', async () => {
    const { issue } = createLife()
    const issued = await Promise.all(Array.from({ length: 500 }, () => issue()))
    expect(new Set(issued.map(({ challenge }) => challenge.id.toString('hex'))).size).toBe(500)
    expect(new Set(issued.map(({ seed }) => seed.toString('hex'))).size).toBe(500)
  })

  test('crosses the wire as the contract says', async () => {
    const { issue } = createLife()
    const issued = await issue()
    expect(challengeJsonOf(issued, '/.tollgate/answer')).toEqual({
      id: issued.token,
      kind: 'pow',
      seed: issued.seed.toString('base64url'),
      puzzles: 4,
      target: 2 ** 28,
      expires: 1_800_000_060,
      answer: '/.tollgate/answer',
    })
  })

  test('asks again for what it asked before', async () => {
    const { challenges, issue } = createLife()
    expect(challenges.demandOf((await issue()).challenge)).toEqual({ kind: 'pow', work: 64 })
  })
})

describe('a second answer', () => {
  test('from the same browser within seconds is the first one again', async () => {
    const { challenges, issue, advance, wall } = createLife()
    const issued = await issue()
    const first = wall.now()
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    for (const later of [0, 1, 9_999]) {
      advance(later === 9_999 ? 9_998 : later)
      expect(await challenges.redeem(rightAnswer(issued), ANSWERER)).toEqual({
        outcome: 'again',
        challenge: issued.challenge,
        mintedAt: first,
      })
    }
  })

  test('from the same browser later is spent', async () => {
    const { challenges, issue, advance } = createLife()
    const issued = await issue()
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    advance(10_001)
    expect((await challenges.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('spent')
  })

  test('from anybody else is spent at once', async () => {
    const { challenges, issue } = createLife()
    const issued = await issue()
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    expect(await challenges.redeem(rightAnswer(issued), other)).toEqual({
      outcome: 'spent',
      challenge: issued.challenge,
    })
  })

  test('that is wrong is wrong, though the challenge is spent', async () => {
    const { challenges, issue } = createLife()
    const issued = await issue()
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    expect((await challenges.redeem(wrongAnswer(issued), ANSWERER)).outcome).toBe('wrong')
  })

  test('of fifty at once from fifty browsers solves for exactly one', async () => {
    const { challenges, elsewhere, issue } = createLife()
    const issued = await issue()
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const life = i % 2 ? challenges : elsewhere
        return (await life.redeem(rightAnswer(issued), { ...ANSWERER, fingerprint: `browser ${i}` })).outcome
      }),
    )
    expect(outcomes.filter((outcome) => outcome === 'solved')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(49)
  })
})

describe('room', () => {
  test('that is full for answered challenges means busy and no pass, until there is some again', async () => {
    const { challenges, issue, advance, maps } = createLife({ spent: 3 })
    for (let i = 0; i < 3; i++) await challenges.redeem(rightAnswer(await issue()), ANSWERER)
    const late = await issue()
    expect(await challenges.redeem(rightAnswer(late), ANSWERER)).toEqual({
      outcome: 'busy',
      challenge: late.challenge,
    })
    advance(TTL + 2000)
    maps.spent.sweep(100)
    expect((await challenges.redeem(rightAnswer(await issue()), ANSWERER)).outcome).toBe('solved')
  })

  test('made by a challenge leaves it answerable, exactly once', async () => {
    const { challenges, issue, maps } = createLife({ open: 2 })
    const first = await issue()
    for (let i = 0; i < 10; i++) await issue()
    expect(maps.open.has(first.challenge.id)).toBe(false)
    expect((await challenges.redeem(rightAnswer(first), ANSWERER)).outcome).toBe('solved')
    expect((await challenges.redeem(rightAnswer(first), other)).outcome).toBe('spent')
  })

  test('is not taken by answers that are wrong, malformed, unknown or late', async () => {
    const { challenges, issue, maps, advance } = createLife()
    const issued = await issue()
    await challenges.redeem(wrongAnswer(issued), ANSWERER)
    await challenges.redeem(new Map([['id', issued.token]]), ANSWERER)
    await challenges.redeem(new Map([['id', 'A'.repeat(100)]]), ANSWERER)
    advance(TTL)
    await challenges.redeem(rightAnswer(issued), ANSWERER)
    expect(maps.spent.stats().entries).toBe(0)
  })
})

test('a store that fails mints nothing', async () => {
  const { challenges, issue } = createLife({}, (store) => ({
    ...store,
    claim: () => Promise.reject(new Error('no connection')),
  }))
  const issued = await issue()
  await expect(challenges.redeem(rightAnswer(issued), ANSWERER)).rejects.toThrow('no connection')
})

test('the wall clock stepped on or back gives no second life to what was answered', async () => {
  const { challenges, issue, wall } = createLife()
  const issued = await issue()
  expect((await challenges.redeem(rightAnswer(issued), ANSWERER)).outcome).toBe('solved')
  for (const step of [-86_400_000, 86_400_000 + TTL - 1, 1, 86_400_000]) {
    wall.advance(step)
    const { outcome } = await challenges.redeem(rightAnswer(issued), other)
    expect(['spent', 'expired']).toContain(outcome)
  }
})

test('an easy challenge never buys a hard pass, whatever the answer says', async () => {
  const { challenges, issue } = createLife()
  const [easy, hard] = [await issue({ work: 16 }), await issue({ work: 2 ** 26 })]
  expect([easy.challenge.level, hard.challenge.level]).toEqual([4, 26])
  const nonces = solve({ seed: easy.seed, ...easy.challenge.terms })
  const claim = (id: string) =>
    challenges.redeem(
      new Map<string, unknown>([
        ['id', id],
        ['nonces', nonces],
        ['level', 26],
        ['target', 1],
        ['terms', hard.challenge.terms],
        ['seed', easy.seed],
      ]),
      ANSWERER,
    )
  expect((await claim(hard.token)).outcome).toBe('wrong')
  const spliced = Buffer.from(easy.token, 'base64url')
  spliced[27] = 26
  expect((await claim(spliced.toString('base64url'))).outcome).toBe('unknown')
  const redemption = await claim(easy.token)
  expect(redemption).toMatchObject({ outcome: 'solved', challenge: { level: 4 } })
})

describe('an id that is', () => {
  test.each<readonly [string, unknown, string]>([
    ['missing', undefined, 'malformed'],
    ['null', null, 'malformed'],
    ['a number', 5, 'malformed'],
    ['a list', ['a'], 'malformed'],
    ['empty', '', 'malformed'],
    ['a megabyte', 'A'.repeat(1 << 20), 'malformed'],
    ['constructor', 'constructor', 'unknown'],
    ['a path', '../../etc/passwd', 'unknown'],
    ['junk', 'A'.repeat(100), 'unknown'],
    ['not ASCII', '\u{1f600}'.repeat(50), 'unknown'],
  ])('%s costs nothing and buys nothing', async (_, id, outcome) => {
    const { challenges, maps } = createLife()
    const fields = new Map<string, unknown>([['nonces', [0, 0, 0, 0]]])
    if (id !== undefined) fields.set('id', id)
    expect(await challenges.redeem(fields, ANSWERER)).toEqual({ outcome, challenge: undefined })
    expect(maps.spent.stats().entries).toBe(0)
  })
})

test('what happens is told once each, with its reason', async () => {
  const { challenges, issue, events, advance } = createLife()
  const issued = await issue()
  advance(1500)
  await challenges.redeem(wrongAnswer(issued), ANSWERER)
  await challenges.redeem(rightAnswer(issued), ANSWERER)
  await challenges.redeem(rightAnswer(issued), ANSWERER)
  await challenges.redeem(rightAnswer(issued), other)
  await challenges.redeem(new Map(), ANSWERER)
  advance(TTL)
  await challenges.redeem(rightAnswer(issued), ANSWERER)
  const told = { name: 'challenge', kind: 'pow', count: 1, reference: ANSWERER.reference }
  expect(events).toEqual([
    { name: 'challenge', kind: 'pow', step: 'issued', count: 1 },
    { ...told, step: 'failed', reason: 'wrong' },
    { ...told, step: 'solved', milliseconds: 1500 },
    { ...told, step: 'failed', reason: 'spent' },
    { ...told, kind: 'other', step: 'failed', reason: 'malformed' },
    { ...told, step: 'expired', reason: 'expired' },
  ])
})

test('the level of a pass is the whole bits of expected work', () => {
  expect([0, 0.5, 1, 2, 3, 4, 1_000_000, 2 ** 20, 2 ** 20 + 1, 2 ** 38].map(levelOf)).toEqual([
    0, 0, 0, 1, 1, 2, 19, 20, 20, 38,
  ])
})

test('the wall clock stepped on by days leaves an open challenge open, and its pass is of the new time', async () => {
  const { challenges, issue, wall } = createLife()
  const issued = await issue()
  wall.advance(8 * 86_400_000)
  expect(await challenges.redeem(rightAnswer(issued), ANSWERER)).toMatchObject({
    outcome: 'solved',
    mintedAt: wall.now(),
  })
})
