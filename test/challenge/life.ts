import { randomBytes } from 'node:crypto'
import type { GateEvent } from '../../src/base/event.ts'
import { createMac } from '../../src/base/mac.ts'
import { type Answerer, createChallenges, type Demand, type Issued } from '../../src/challenge/challenges.ts'
import { createKinds } from '../../src/challenge/kinds.ts'
import { createSeal } from '../../src/challenge/seal.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { createHandClock } from '../store/clock.ts'
import { storeMapsOf } from '../store/maps.ts'
import { solve, solveBadly } from './solve.ts'

export const DEMAND: Demand = {
  kind: 'pow',
  work: 64,
  site: 'default',
  host: 'site.test',
  returnPath: '/deep?q',
}
export const ANSWERER: Answerer = { host: 'site.test', fingerprint: 'one browser', reference: '0123456789ab' }
export const TTL = 60_000

/** The life of challenges with all clocks in the test's hand; the wall clock and the map's stand apart. */
export const createLife = (
  sizes: Parameters<typeof storeMapsOf>[1] = {},
  change: (store: Store) => Store = (s) => s,
) => {
  const wall = createHandClock(1_800_000_000_000)
  const steady = createHandClock(1_800_000_000_000)
  const monotonic = createHandClock(5_000)
  const maps = storeMapsOf(monotonic.now, sizes)
  const events: GateEvent[] = []
  const key = randomBytes(32)
  const make = (store: Store) =>
    createChallenges({
      kinds: createKinds(),
      seal: createSeal({ key }),
      store: change(store),
      random: randomBytes,
      mac: createMac(Buffer.alloc(32, 2), 4096),
      steadyClock: steady.now,
      wallClock: wall.now,
      ttl: TTL,
      puzzles: 4,
      onEvent: (event) => events.push(event),
    })
  const challenges = make(createMemoryStore(maps))
  return {
    challenges,
    /** Another thread's: the same key and store. */
    elsewhere: make(createMemoryStore(maps)),
    maps,
    wall,
    steady,
    monotonic,
    events,
    advance(milliseconds: number) {
      wall.advance(milliseconds)
      steady.advance(milliseconds)
      monotonic.advance(milliseconds)
    },
    issue: async (demand: Partial<Demand> = {}) => challenges.issue({ ...DEMAND, ...demand }),
  }
}

const puzzleOf = ({ seed, challenge }: Issued) => ({ seed, ...challenge.terms })
export const rightAnswer = (issued: Issued): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['id', issued.token],
    ['nonces', solve(puzzleOf(issued))],
  ])
export const wrongAnswer = (issued: Issued): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['id', issued.token],
    ['nonces', solveBadly(puzzleOf(issued))],
  ])
