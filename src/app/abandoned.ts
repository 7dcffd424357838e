import type { OnEvent } from '../base/event.ts'
import { KIND_NAMES } from '../challenge/kinds.ts'
import type { DecayMap } from '../decay-map/decay-map.ts'

/**
 * Tells how many open challenges have decayed unanswered since it was last called, by kind. Asked of the map's own
 * numbers, because a decayed entry may also go when a new one takes its place, and not only by a sweep.
 */
export const createAbandonedCount = (open: DecayMap, onEvent: OnEvent): (() => void) => {
  let told: readonly number[] = []
  return () => {
    const now = open.stats().removedByTag
    for (const [index, kind] of KIND_NAMES.entries()) {
      const count = now[index + 1]! - (told[index + 1] ?? 0)
      if (count > 0) onEvent({ name: 'challenge', kind, step: 'abandoned', count })
    }
    told = now
  }
}
