import type { UpstreamAddress } from '../base/endpoint.ts'
import { createTunnel, type Tunnel } from '../proxy/tunnel.ts'
import { createUpstream, type Upstream, type UpstreamTimeouts } from '../proxy/upstream.ts'

/** One upstream as it is used by one assembly; dispose it when the assembly is not the current one any more. */
export interface UpstreamLease extends Disposable {
  readonly upstream: Upstream
  readonly tunnel: Tunnel
}

/** The connections of one thread, shared by all sites and assemblies that name the same upstream. */
export interface UpstreamPools extends AsyncDisposable {
  lease(address: UpstreamAddress, timeouts: UpstreamTimeouts): UpstreamLease
  /** How many pools there are, those that only finish what runs included. */
  size(): number
}

/** Calls back once after `milliseconds`, unless the process ends before. */
export type Later = (callback: () => void, milliseconds: number) => void

/**
 * How long a pool that nobody names any more still takes requests: those that came before and are still being
 * decided, or wait to be sent a second time. After that it finishes what runs, however long it takes, and closes.
 */
const GRACE_MILLISECONDS = 30_000

interface Pool {
  readonly upstream: Upstream
  readonly tunnel: Tunnel
  leases: number
}

const laterUnref: Later = (callback, milliseconds) => void setTimeout(callback, milliseconds).unref()

/** Nobody asks for anything before the first lease. */
export const createUpstreamPools = (later: Later = laterUnref): UpstreamPools => {
  const named = new Map<string, Pool>()
  const all = new Set<Pool>()

  const open = (address: UpstreamAddress, timeouts: UpstreamTimeouts): Pool => {
    const pool = {
      upstream: createUpstream({ address, timeouts }),
      tunnel: createTunnel({ address }),
      leases: 0,
    }
    all.add(pool)
    return pool
  }

  const retire = (pool: Pool): void =>
    later(() => {
      const forget = (): void => void all.delete(pool)
      pool.upstream.dispatcher.close().then(forget, forget)
    }, GRACE_MILLISECONDS)

  return {
    lease(address, timeouts) {
      const key = JSON.stringify([address, timeouts])
      const pool = named.get(key) ?? open(address, timeouts)
      named.set(key, pool)
      pool.leases += 1
      let held = true
      return {
        upstream: pool.upstream,
        tunnel: pool.tunnel,
        [Symbol.dispose]() {
          if (!held) return
          held = false
          pool.leases -= 1
          if (pool.leases > 0) return
          named.delete(key)
          retire(pool)
        },
      }
    },
    size: () => all.size,
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map(({ upstream }) => upstream[Symbol.asyncDispose]()))
      all.clear()
      named.clear()
    },
  }
}
