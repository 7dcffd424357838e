import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ListenAddress } from '../base/endpoint.ts'
import type { GateEvent } from '../base/event.ts'
import type { Config } from '../config/schema.ts'
import { createAdmin } from '../observe/admin.ts'
import { createJournalMemory } from '../observe/journal-layout.ts'
import { createJournal } from '../observe/journal.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { createSnapshot } from '../observe/snapshot.ts'
import { createSweepHistory } from '../observe/sweep-history.ts'
import { loadKeyMaterial, signingKeysOf } from '../pass/keys.ts'
import type { ListHandle } from '../lists/lists.ts'
import { createMemoryStore } from '../store/memory.ts'
import { adminRoutes } from './admin-routes.ts'
import { createApply } from './reload/apply.ts'
import { createClocks, takeAnchor } from './clocks.ts'
import { createFallback } from './fallback.ts'
import { assertFree } from './free-port.ts'
import { createListKeeping } from './world/list-keeping.ts'
import { createLogSlot } from './log-slot.ts'
import { createMaps, handlesOf, listOf } from './maps.ts'
import { createPlanner } from './reload/planner.ts'
import { createRatesReader } from './world/rates-reader.ts'
import type { ReloadReport } from './reload/reload-report.ts'
import { createReloading, type ConfigSource } from './reload/reloading.ts'
import { createRevoker } from './revoke.ts'
import { needsFallback } from './site-plan.ts'
import { superviseWorkers } from './supervisor.ts'
import { startSweeping } from './sweeping.ts'
import { createTallies } from './reload/tallies.ts'
import { readVersion } from './version.ts'

/** The whole gateway: threads, listeners, maps, sweeper, admin listener. */
export interface Tollgate extends AsyncDisposable {
  /** Where visitors connect, with the ports that were found. */
  readonly addresses: readonly ListenAddress[]
  /** Base URL of the admin listener, or undefined when it is off. */
  readonly admin: string | undefined
  /** True when the demo site stands behind the gateway. */
  readonly demo: boolean
  /**
   * Puts another configuration in force in one step, or, when that cannot be, changes nothing; never rejects.
   * Without one, the source of the first is read again.
   */
  reload(config?: Config): Promise<ReloadReport>
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
 * @param source Absent: a reload without a configuration changes nothing.
 * @throws when an address cannot be bound or a file cannot be read; nothing is left running then.
 */
export const createTollgate = async (config: Config, source?: ConfigSource): Promise<Tollgate> => {
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
  const fallback = createFallback((demo) => opened.use(demo))
  const planner = createPlanner(workers + 1)
  let plan = planner.plan(config, await fallback.of(config), undefined)
  const tallies = createTallies({ first: plan.tally, now: clocks.monotonic })
  const log = blaming('log.file', () => createLogSlot(config.log, createLog))
  opened.defer(() => log.flush())
  const memory = createJournalMemory()
  const journal = createJournal({ memory, wallClock: Date.now })
  const history = createSweepHistory(Date.now)
  const onEvent = (event: GateEvent): void => {
    tallies.record(event)
    log.onEvent(event)
    history.onEvent(event)
  }
  const sweeping = opened.use(startSweeping({ maps, interval: config.store.cleanup_interval, onEvent }))
  let onHandle: (handle: ListHandle) => void = () => undefined
  const lists = opened.use(
    createListKeeping({
      options: config.lists,
      folder: config.lists_folder,
      wallClock: Date.now,
      onHandle: (handle) => onHandle(handle),
      onEvent,
    }),
  )
  await lists.prepare(config.lists)
  const supervisor = await superviseWorkers({
    workers,
    plan,
    startOf: (current, listen, owner, row) => ({
      plan: current,
      listen,
      sharePorts: workers > 1,
      keys,
      maps: handlesOf(maps),
      owner,
      anchor,
      row,
      journal: memory,
      lists: lists.handles(),
    }),
    listen: config.listen,
    recover: (owner) => listOf(maps).forEach((map) => map.recover(owner)),
    onEvent,
    wallClock: Date.now,
  })
  opened.defer(() => supervisor.kill())
  onHandle = (handle) => supervisor.tellAll({ say: 'list', handle })
  // Those that came while the workers were starting.
  lists.handles().forEach(onHandle)

  let draining = false
  const apply = createApply({
    supervisor,
    planner,
    tallies,
    log,
    lists,
    sweeping,
    fallbackOf: fallback.of,
    isStopping: () => draining,
    running: () => plan,
    onDone: (next) => (plan = next),
  })
  const { reload } = opened.use(createReloading({ source, running: () => plan.config, apply, onEvent }))

  const mapStats = () => listOf(maps).map((map) => map.stats())
  const rates = createRatesReader(() => plan.rates, clocks.monotonic)
  const seen = {
    read: tallies.read,
    maps: mapStats,
    workers: supervisor.status,
    now: clocks.monotonic,
    lists: lists.status,
    rates,
    version,
  }
  const store = createMemoryStore({ open: maps.challenges, spent: maps.spent, revoked: maps.revoked })
  const { publicKey } = signingKeysOf(keys)
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
    routes: adminRoutes({
      reload: () => reload(),
      revoker: createRevoker({ publicKey, store, wallClock: Date.now, onEvent }),
      journal,
    }),
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
    demo: needsFallback(config),
    reload,
    reopenLogs() {
      log.reopen()
      supervisor.reopenLogs()
    },
    async drain() {
      draining = true
      await supervisor.drain(plan.config.drain_timeout)
      await everything.disposeAsync()
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
