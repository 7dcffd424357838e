/** How often a request came to a weight. */
export interface WeightCount {
  readonly weight: number
  readonly count: number
}

/** Weights by rule; one config has few. */
const MOST = 1000

export interface Weights {
  add(weight: number): void
  /** In the order of the weights. */
  counts(): readonly WeightCount[]
  /** Of weights that found no room any more. */
  others(): number
}

export const createWeights = (): Weights => {
  const counts = new Map<number, number>()
  let others = 0
  return {
    add(weight) {
      const known = counts.get(weight)
      if (known === undefined && counts.size >= MOST) others += 1
      else counts.set(weight, (known ?? 0) + 1)
    },
    counts: () =>
      [...counts].map(([weight, count]) => ({ weight, count })).sort((a, b) => a.weight - b.weight),
    others: () => others,
  }
}
