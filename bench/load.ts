/** The load generator, seen from the bench: a process of its own, so that its CPU time is nobody's. */
import { startNodeChild } from './node-child.ts'

export interface Load {
  readonly port: number
  /** Requests as they go over the wire, one character a byte; taken in turn. */
  readonly requests: readonly string[]
  readonly connections: number
  readonly milliseconds: number
  /**
   * Requests a second, sent whether or not the ones before are answered (open loop). Without it, every connection
   * sends its next request when the last is answered.
   */
  readonly rate?: number
}

export interface Latencies {
  /** Milliseconds from sending a request to the end of its answer. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly most: number
}

export interface LoadResult {
  readonly requests: number
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>
  /** Broken connections and requests without an answer. */
  readonly failed: number
  readonly seconds: number
  readonly latencies: Latencies
}

export interface LoadGenerator extends AsyncDisposable {
  run(load: Load): Promise<LoadResult>
}

export const startLoadGenerator = (): LoadGenerator => {
  const child = startNodeChild('load-child.ts')
  return {
    run: (load) => child.ask<LoadResult>(load),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** @throws unless every request was answered with the status. */
export const expectStatus = (result: LoadResult, status: number, what: string): LoadResult => {
  const { [status]: right = 0, ...others } = result.statuses
  if (result.failed > 0 || right !== result.requests || right === 0)
    throw new Error(
      `${what}: expected ${status} only, got ${JSON.stringify({ right, others, failed: result.failed })}`,
    )
  return result
}
