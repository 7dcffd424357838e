import type { ChallengeKind } from './kind.ts'
import { createPow } from './kinds/pow.ts'

/** Every kind there is. A new one is one file and one line here. */
export const createKinds = (): readonly ChallengeKind[] => [createPow()]

/** The names, for the configuration and the metrics. */
export const KIND_NAMES: readonly string[] = createKinds().map((kind) => kind.name)
