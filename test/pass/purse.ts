import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { GateEvent, PassResult } from '../../src/base/event.ts'
import { createDecayMap } from '../../src/decay-map/create.ts'
import { signingKeysOf, type SigningKeys } from '../../src/pass/keys.ts'
import type { Bearer, Grant } from '../../src/pass/pass.ts'
import { createPasses, REFUSED_VALUE_BYTES } from '../../src/pass/passes.ts'
import { KNOWN_VALUE_BYTES } from '../../src/pass/remembered.ts'
import type { Store } from '../../src/store/store.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { createHandClock } from '../store/clock.ts'
import { storeMapsOf } from '../store/maps.ts'

export const TTL = 3_600_000
export const BEARER: Bearer = { host: 'site.test', network: '' }

export const freshKeys = (): SigningKeys =>
  signingKeysOf({
    pem: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    kept: false,
  })

/** Passes with clocks in the test's hand. */
export const createPurse = (keys = freshKeys(), change: (store: Store) => Store = (store) => store) => {
  const clock = createHandClock(1_800_000_000_000)
  // What the maps go by stands still, so that an end is seen by the wall clock alone.
  const monotonic = createHandClock()
  const store = createMemoryStore(storeMapsOf(monotonic.now))
  const events: GateEvent[] = []
  const mapOf = (name: string, valueBytes: number) =>
    createDecayMap({ name, capacity: 1000, valueBytes, atCapacity: 'evict', clock: monotonic.now })
  const known = mapOf('passes', KNOWN_VALUE_BYTES)
  const refused = mapOf('refused', REFUSED_VALUE_BYTES)
  const passes = createPasses({
    keys,
    store: change(store),
    known,
    refused,
    wallClock: clock.now,
    ttl: TTL,
    onEvent: (event) => events.push(event),
  })
  return {
    keys,
    clock,
    store,
    known,
    refused,
    passes,
    results: (): PassResult[] => events.flatMap((event) => (event.name === 'pass' ? [event.result] : [])),
  }
}

export const grantOf = (grant: Partial<Grant> = {}): Grant => ({
  id: randomBytes(16),
  host: 'site.test',
  level: 20,
  kind: 'pow',
  mintedAt: 1_800_000_000_000,
  network: '',
  ...grant,
})
