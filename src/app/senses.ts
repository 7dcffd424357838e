import type { Senses } from '../policy/senses.ts'

/** Of a policy that is only compiled and never asked: it knows nothing of the world. */
export const NO_SENSES: Senses = Object.freeze({
  count: () => 0,
  reverse: () => [],
  forward: () => [],
  blocked: () => undefined,
  country: () => undefined,
  asn: () => undefined,
  listed: () => false,
  load: () => [0, 0, 0] as const,
  random: () => 0,
})
