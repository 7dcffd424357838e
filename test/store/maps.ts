import { createDecayMap } from '../../src/decay-map/create.ts'
import { OPEN_VALUE_BYTES, REVOKED_VALUE_BYTES } from '../../src/store/memory.ts'
import { RECORD_BYTES } from '../../src/store/store.ts'

/** The maps of a memory store, small and with a clock of the test's own. */
export const storeMapsOf = (
  clock: () => number,
  { open = 1000, spent = 1000, revoked = 1000 }: { open?: number; spent?: number; revoked?: number } = {},
) => ({
  open: createDecayMap({
    name: 'challenges',
    capacity: open,
    valueBytes: OPEN_VALUE_BYTES,
    atCapacity: 'evict',
    clock,
  }),
  spent: createDecayMap({
    name: 'spent',
    capacity: spent,
    valueBytes: RECORD_BYTES,
    atCapacity: 'refuse',
    clock,
  }),
  revoked: createDecayMap({
    name: 'revoked',
    capacity: revoked,
    valueBytes: REVOKED_VALUE_BYTES,
    atCapacity: 'refuse',
    clock,
  }),
})
