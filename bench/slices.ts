/** CPU time per request of several subjects, in short slices that take turns. */
import { expectStatus, type Load, type LoadGenerator } from './load.ts'
import type { Subject } from './process.ts'

export interface Contender {
  readonly name: string
  readonly subject: Subject
  readonly requests: readonly string[]
  readonly status: number
}

export interface Slices {
  /** CPU seconds per request, round by round. */
  readonly cpu: readonly number[]
  /** Requests a second, round by round. */
  readonly rate: readonly number[]
}

export interface SlicesPlan {
  readonly generator: LoadGenerator
  readonly rounds: number
  readonly milliseconds: number
  /** Requests before the first slice: the engine goes on optimizing for tens of thousands of them. */
  readonly warmUp: number
  /** Milliseconds after which a slow subject is warm enough. */
  readonly longestWarmUp: number
  readonly connections: number
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The median of what each round's two neighbours say: noise that lasts longer than a round cancels out. */
export const ratioOf = (slices: Slices, reference: Slices): number =>
  median(slices.cpu.map((cpu, round) => cpu / reference.cpu[round]!))

export const measureSlices = async (
  plan: SlicesPlan,
  contenders: readonly Contender[],
): Promise<ReadonlyMap<string, Slices>> => {
  const slice = async ({ name, subject, requests, status }: Contender, milliseconds: number) => {
    const { generator, connections } = plan
    const before = subject.cpu()
    const result = await generator.run({ port: subject.port, requests, connections, milliseconds })
    const cpu = subject.cpu() - before
    expectStatus(result, status, name)
    return { cpu: cpu / result.requests, rate: result.requests / result.seconds, requests: result.requests }
  }
  for (const contender of contenders) {
    const begun = performance.now()
    for (let done = 0; done < plan.warmUp && performance.now() - begun < plan.longestWarmUp;)
      done += (await slice(contender, plan.milliseconds)).requests
  }
  const found = new Map(contenders.map(({ name }) => [name, { cpu: [] as number[], rate: [] as number[] }]))
  for (let round = 0; round < plan.rounds; round++)
    for (let turn = 0; turn < contenders.length; turn++) {
      // Another one goes first in each round, so that nobody always follows the same neighbour.
      const contender = contenders[(turn + round) % contenders.length]!
      const { cpu, rate } = await slice(contender, plan.milliseconds)
      found.get(contender.name)!.cpu.push(cpu)
      found.get(contender.name)!.rate.push(rate)
    }
  return found
}

/** As long as the figures need, or as short as they bear. */
export const slicesPlan = (generator: LoadGenerator, quick: boolean, connections = 32): SlicesPlan =>
  quick
    ? { generator, rounds: 3, milliseconds: 500, warmUp: 10_000, longestWarmUp: 1000, connections }
    : { generator, rounds: 12, milliseconds: 1000, warmUp: 80_000, longestWarmUp: 20_000, connections }

/** Before latencies are looked at: the gateway at full speed for a while, whatever it answers. */
export const warmUp = async (
  generator: LoadGenerator,
  load: Pick<Load, 'port' | 'requests'>,
  quick: boolean,
): Promise<void> => {
  await generator.run({ ...load, connections: 16, milliseconds: quick ? 1000 : 8000 })
}
