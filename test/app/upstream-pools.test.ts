import { createServer } from 'node:http'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { createUpstreamPools } from '../../src/app/upstream-pools.ts'
import { httpAddress, listenOn, until } from '../proxy/wire.ts'

const TIMEOUTS = { connect: 1000, headers: 1000, idle: 0 }

const setUp = () => {
  const later: (() => void)[] = []
  const pools = createUpstreamPools((callback) => later.push(callback))
  return { pools, tick: () => later.splice(0).forEach((callback) => callback()) }
}

test('the same address with the same timeouts is one pool, whoever leases it', async () => {
  await using stack = new AsyncDisposableStack()
  const { pools } = setUp()
  stack.use(pools)
  const a = pools.lease(httpAddress(1), TIMEOUTS)
  const b = pools.lease(httpAddress(1), { ...TIMEOUTS })
  expect(b.upstream).toBe(a.upstream)
  expect(pools.lease(httpAddress(2), TIMEOUTS).upstream).not.toBe(a.upstream)
  expect(pools.lease(httpAddress(1), { ...TIMEOUTS, connect: 5 }).upstream).not.toBe(a.upstream)
  expect(pools.size()).toBe(3)
})

test('a pool lives until its last lease is given back, and a lease is given back only once', async () => {
  const { pools, tick } = setUp()
  const a = pools.lease(httpAddress(1), TIMEOUTS)
  const b = pools.lease(httpAddress(1), TIMEOUTS)
  a[Symbol.dispose]()
  a[Symbol.dispose]()
  tick()
  const c = pools.lease(httpAddress(1), TIMEOUTS)
  expect(c.upstream).toBe(b.upstream)
  b[Symbol.dispose]()
  c[Symbol.dispose]()
  expect(pools.lease(httpAddress(1), TIMEOUTS).upstream).not.toBe(c.upstream)
  tick()
  await until(() => pools.size() === 1)
  await pools[Symbol.asyncDispose]()
  expect(pools.size()).toBe(0)
})

test('a pool that nobody names any more finishes what runs, takes late comers for a while, and then closes', async () => {
  let finish: (() => void) | undefined
  const site = createServer((asked, response) => {
    response.write('begun ')
    if (asked.url === '/slow') finish = () => response.end('and done')
    else response.end()
  })
  const port = await listenOn(site)
  const { pools, tick } = setUp()
  const lease = pools.lease(httpAddress(port), TIMEOUTS)
  const { dispatcher } = lease.upstream
  const get = (path: string) => request(`http://127.0.0.1:${port}${path}`, { dispatcher })
  const slow = await get('/slow')
  lease[Symbol.dispose]()
  expect((await get('/late')).statusCode).toBe(200)
  tick()
  await expect(get('/too-late')).rejects.toThrow(/closed|destroyed/)
  expect(pools.size()).toBe(1)
  finish!()
  expect(await slow.body.text()).toBe('begun and done')
  await until(() => pools.size() === 0)
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})
