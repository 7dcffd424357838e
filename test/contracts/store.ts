import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { RECORD_BYTES, type Store } from '../../src/store/store.ts'
import { createHandClock, type HandClock } from '../store/clock.ts'

/** What the exam needs of a store under test. */
export interface ExaminedStore {
  readonly store: Store
  /** Stores of other processes or threads that share what `store` remembers; at least one. */
  readonly others: readonly Store[]
  [Symbol.asyncDispose]?(): Promise<void>
}

const recordOf = (mark: number): Buffer => Buffer.alloc(RECORD_BYTES, mark)
const idOf = (): Buffer => randomBytes(16)

/** The exam of every store. @param make Builds an empty one whose time is told by the clock. */
export const examineStore = (
  name: string,
  make: (clock: HandClock) => ExaminedStore | Promise<ExaminedStore>,
): void => {
  describe(`the store ${name}`, () => {
    const begin = async () => {
      const clock = createHandClock()
      const { store, others } = await make(clock)
      return { clock, store, others, all: [store, ...others] }
    }

    test('lets exactly one of fifty claims at once have a challenge', async () => {
      const { all } = await begin()
      for (let round = 0; round < 20; round++) {
        const id = idOf()
        await all[0]!.issued(id, 1, 60_000)
        const claims = await Promise.all(
          Array.from({ length: 50 }, async (_, i) => all[i % all.length]!.claim(id, recordOf(i), 60_000)),
        )
        const winners = claims.flatMap((claim, i) => (claim.outcome === 'claimed' ? [i] : []))
        expect(winners).toHaveLength(1)
        const others = claims.filter(({ outcome }) => outcome !== 'claimed')
        for (const claim of others) expect(claim).toEqual({ outcome: 'spent', record: recordOf(winners[0]!) })
      }
    })

    test('gives those who come later the record of the first', async () => {
      const { store, others } = await begin()
      const id = idOf()
      expect(await store.claim(id, recordOf(7), 60_000)).toEqual({ outcome: 'claimed' })
      for (const other of [store, ...others]) {
        const claim = await other.claim(id, recordOf(8), 60_000)
        expect(claim).toEqual({ outcome: 'spent', record: recordOf(7) })
      }
    })

    test('keeps a claim for its lifetime, and a second claim does not lengthen it', async () => {
      const { store, clock } = await begin()
      const id = idOf()
      await store.claim(id, recordOf(1), 1000)
      clock.advance(999)
      expect(await store.claim(id, recordOf(2), 1000)).toEqual({ outcome: 'spent', record: recordOf(1) })
      clock.advance(1)
      expect(await store.claim(id, recordOf(3), 1000)).toEqual({ outcome: 'claimed' })
    })

    test('lets a challenge be claimed that it never heard of or has forgotten, once', async () => {
      const { store, clock } = await begin()
      const id = idOf()
      await store.issued(id, 1, 10)
      clock.advance(20)
      expect((await store.claim(id, recordOf(1), 60_000)).outcome).toBe('claimed')
      expect((await store.claim(id, recordOf(1), 60_000)).outcome).toBe('spent')
    })

    test('keeps the record it was given, whatever becomes of the buffer', async () => {
      const { store } = await begin()
      const [id, record] = [idOf(), recordOf(1)]
      await store.claim(id, record, 60_000)
      record.fill(9)
      const claim = await store.claim(id, recordOf(2), 60_000)
      expect(claim).toEqual({ outcome: 'spent', record: recordOf(1) })
      await store.claim(idOf(), recordOf(5), 60_000)
      await store.claim(id, recordOf(5), 60_000)
      expect(claim).toEqual({ outcome: 'spent', record: recordOf(1) })
    })

    test('does not take one id for another', async () => {
      const { store } = await begin()
      const ids = Array.from({ length: 300 }, (_, i) => {
        const id = Buffer.alloc(16)
        id.writeUInt32BE(i, i % 13)
        id[15] = i & 255
        id[14] = i >> 8
        return id
      })
      for (const id of ids) expect((await store.claim(id, recordOf(1), 60_000)).outcome).toBe('claimed')
      for (const id of ids) expect((await store.claim(id, recordOf(1), 60_000)).outcome).toBe('spent')
    })

    test('knows a revoked pass everywhere, for its lifetime, and no other', async () => {
      const { store, others, clock } = await begin()
      const [revoked, other] = [idOf(), idOf()]
      expect(await store.isRevoked(revoked)).toBe(false)
      await store.revoke(revoked, 1000)
      for (const each of [store, ...others]) {
        expect(await each.isRevoked(revoked)).toBe(true)
        expect(await each.isRevoked(other)).toBe(false)
      }
      clock.advance(1000)
      expect(await store.isRevoked(revoked)).toBe(false)
    })

    test('keeps claims and revocations apart, though they share an id', async () => {
      const { store } = await begin()
      const id = idOf()
      await store.revoke(id, 60_000)
      expect((await store.claim(id, recordOf(1), 60_000)).outcome).toBe('claimed')
      const second = idOf()
      await store.claim(second, recordOf(1), 60_000)
      expect(await store.isRevoked(second)).toBe(false)
    })
  })
}
