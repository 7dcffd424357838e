import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ListenAddress, UpstreamAddress } from '../base/endpoint.ts'
import type { GateEvent } from '../base/event.ts'
import { KIND_NAMES } from '../challenge/kinds.ts'
import type { Config } from '../config/schema.ts'
import { createSweeper, type SweepReport } from '../decay-map/sweeper.ts'
import { createAdmin } from '../observe/admin.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { createSnapshot } from '../observe/snapshot.ts'
import { createSweepHistory } from '../observe/sweep-history.ts'
import { createTally } from '../observe/tally.ts'
import { createTallyMemory, MAIN_ROW, tallyLayoutOf } from '../observe/tally-layout.ts'
import { readTally } from '../observe/tally-reading.ts'
import { loadKeyMaterial } from '../pass/keys.ts'
import { createAbandonedCount } from './abandoned.ts'
import { ONLY_SITE, policyOf } from './assemble.ts'
import { createClocks, takeAnchor } from './clocks.ts'
import { createDemoSite } from './demo-site.ts'
import { assertFree } from './free-port.ts'
import { createMaps, handlesOf, listOf, MAP_NAMES } from './maps.ts'
import { superviseWorkers } from './supervisor.ts'
import type { WorkerStart } from './thread-message.ts'
import { readVersion } from './version.ts'

/** The whole gateway: threads, listeners, maps, sweeper, admin listener. */
export interface Tollgate extends AsyncDisposable {
  /** Where visitors connect, with the ports that were found. */
  readonly addresses: readonly ListenAddress[]
  /** Base URL of the admin listener, or undefined when it is off. */
  readonly admin: string | undefined
  /** True when the demo site stands behind the gateway. */
  readonly demo: boolean
  reopenLogs(): void
  /** Finishes what runs within `drain_timeout`, then ends everything. */
  drain(): Promise<void>
}

const DASHBOARD = join(import.meta.dirname, '..', '..', 'web', 'dist', 'dashboard')
const CAN_SHARE_PORTS = process.platform === 'linux'

const workersOf = ({ workers, listen }: Config): number =>
  CAN_SHARE_PORTS && listen.some(({ kind }) => kind === 'tcp') ? workers : 1

const tokenOf = ({ admin }: Config): { readonly token?: string } =>
  admin.token_file === undefined ? {} : { token: readFileSync(admin.token_file, 'utf8').trim() }

/** A fault of the system, with the key of the configuration that led to it. */
const blaming = <T>(key: string, read: () => T): T => {
  try {
    return read()
  } catch (cause) {
    throw new Error(`${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/**
 * Starts everything; resolves when visitors can come.
 *
 * @throws when an address cannot be bound or a file cannot be read; nothing is left running then.
 */
export const createTollgate = async (config: Config): Promise<Tollgate> => {
  await using opened = new AsyncDisposableStack()
  const anchor = takeAnchor()
  const clocks = createClocks(anchor)
  const startedAt = Date.now()
  const version = readVersion()
  const keys = blaming('pass.key_file', () => loadKeyMaterial(config.pass.key_file))
  const token = blaming('admin.token_file', () => tokenOf(config))
  await assertFree(config.admin.listen === 'off' ? config.listen : [...config.listen, config.admin.listen])
  const workers = workersOf(config)
  const maps = createMaps(config.store.capacity)
  const site = { name: ONLY_SITE, rules: policyOf(config).ruleNames }
  const layout = tallyLayoutOf({ sites: [site], kinds: KIND_NAMES, maps: MAP_NAMES })
  const memory = createTallyMemory(layout, workers + 1)
  const tally = createTally({ layout, memory, row: MAIN_ROW, now: clocks.monotonic })
  const log = blaming('log.file', () => createLog(config.log))
  opened.defer(() => log.flush())
  const history = createSweepHistory(Date.now)
  const onEvent = (event: GateEvent): void => {
    tally.record(event)
    log.onEvent(event)
    history.onEvent(event)
  }
  const tellAbandoned = createAbandonedCount(maps.challenges, onEvent)
  const onSweep = (report: SweepReport): void => {
    onEvent({ name: 'swept', ...report })
    if (report.map === maps.challenges.name) tellAbandoned()
  }
  opened.use(createSweeper({ maps: listOf(maps), interval: config.store.cleanup_interval, onSweep }))

  const demo = config.upstream === undefined ? opened.use(await createDemoSite()) : undefined
  const upstream: UpstreamAddress = config.upstream ?? demo!.address
  const startOf = (listen: readonly ListenAddress[], owner: number, row: number): WorkerStart => ({
    config,
    upstream,
    listen,
    sharePorts: workers > 1,
    keys,
    maps: handlesOf(maps),
    owner,
    anchor,
    tally: { layout, memory, row },
  })
  const supervisor = await superviseWorkers({
    workers,
    startOf,
    listen: config.listen,
    recover: (owner) => listOf(maps).forEach((map) => map.recover(owner)),
    onEvent,
    wallClock: Date.now,
  })
  opened.defer(() => supervisor.kill())

  let draining = false
  const read = () => readTally({ layout, memory })
  const mapStats = () => listOf(maps).map((map) => map.stats())
  const seen = { read, maps: mapStats, workers: supervisor.status, now: clocks.monotonic, version }
  const admin = createAdmin({
    metrics: createMetrics(seen),
    ready: () => {
      const listening = supervisor.status().some(({ state }) => state === 'ready')
      return {
        ready: listening && !draining,
        checks: { config: true, listeners: listening, store: true, accepting: !draining },
      }
    },
    snapshot: createSnapshot({ ...seen, sweeps: history, wallClock: Date.now, startedAt }),
    dashboard: DASHBOARD,
    ...token,
    onEvent,
  })
  const listening =
    config.admin.listen === 'off' ? undefined : opened.use(await admin.listen(config.admin.listen))
  if (!keys.kept)
    onEvent({
      name: 'notice',
      level: 'warn',
      message:
        'the key that signs passes is only in memory: all passes end with this process; set pass.key_file',
    })
  const everything = opened.move()
  return {
    addresses: supervisor.addresses,
    admin: listening?.address,
    demo: demo !== undefined,
    reopenLogs() {
      log.reopen()
      supervisor.reopenLogs()
    },
    async drain() {
      draining = true
      await supervisor.drain(config.drain_timeout)
      await everything.disposeAsync()
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
