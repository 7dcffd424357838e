/** GET proxied with a valid pass, beside other proxies of the same upstream. */
import { join } from 'node:path'
import { micros, missing, type Bench, type BenchRow } from './bench.ts'
import { startGateway } from './gateway.ts'
import type { Subject } from './process.ts'
import {
  isInstalled,
  startBare,
  startCaddy,
  startHaproxy,
  startNginxProxy,
  type Reference,
} from './references.ts'
import { navigation } from './requests.ts'
import { measureSlices, median, ratioOf, slicesPlan, type Contender, type Slices } from './slices.ts'
import { fetchPass } from './visitor.ts'

const WORK = 'GET proxied with a valid pass, 1 KB: CPU per request'

const PROXIES: readonly {
  readonly name: Reference
  readonly start: (folder: string, upstream: number) => Promise<Subject>
  readonly goal?: number
}[] = [
  { name: 'nginx', start: startNginxProxy, goal: 2.5 },
  { name: 'caddy', start: startCaddy, goal: 0.65 },
  { name: 'haproxy', start: startHaproxy },
]

const rowOf = (gateway: Slices, reference: Slices | undefined, name: string, goal?: number): BenchRow => {
  const told = goal === undefined ? '–' : `≤ ${goal} × ${name}`
  if (!reference) return missing(WORK, `${name} is not installed`, told)
  const ratio = ratioOf(gateway, reference)
  return {
    work: WORK,
    figure: micros(median(gateway.cpu)),
    reference: `${name} ${micros(median(reference.cpu))}`,
    ratio: `${ratio.toFixed(2)}×`,
    goal: told,
    held: goal === undefined ? null : ratio <= goal,
  }
}

export const benchProxied: Bench = async ({ folder, upstream, generator, quick }) => {
  await using opened = new AsyncDisposableStack()
  const gateway = opened.use(await startGateway({ upstream, logFile: join(folder, 'proxied.log') }))
  const requests = [navigation(await fetchPass(gateway.port))]
  const contenders: Contender[] = [
    { name: 'tollgate', subject: gateway, requests, status: 200 },
    { name: 'bare Node', subject: opened.use(await startBare()), requests, status: 200 },
  ]
  for (const { name, start } of PROXIES)
    if (isInstalled(name))
      contenders.push({ name, subject: opened.use(await start(folder, upstream)), requests, status: 200 })
  const found = await measureSlices(slicesPlan(generator, quick), contenders)
  const own = found.get('tollgate')!
  return {
    title: 'A request with a valid pass (one worker each, 32 keep-alive connections, 14 request headers)',
    rows: [
      ...PROXIES.map(({ name, goal }) => rowOf(own, found.get(name), name, goal)),
      rowOf(own, found.get('bare Node'), 'bare Node'),
    ],
  }
}
