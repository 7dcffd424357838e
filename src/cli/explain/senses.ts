import { loadavg } from 'node:os'
import { Agent } from 'undici'
import { createKnownSenses } from '../../app/world/known-senses.ts'
import type { Config } from '../../config/schema.ts'
import { createDns } from '../../dns/create-dns.ts'
import type { Dns } from '../../dns/dns.ts'
import type { Geo } from '../../geo/geo.ts'
import { attachGeo, loadDatabases } from '../../geo/load.ts'
import { attachLists } from '../../lists/attach.ts'
import { createKeptList } from '../../lists/kept-list.ts'
import type { ListHandle, Lists } from '../../lists/lists.ts'
import type { Senses } from '../../policy/senses.ts'

/** What can be known without a gateway that runs; dispose it when all has been asked. */
export interface LoneSenses extends AsyncDisposable {
  readonly senses: Senses
  /** Names of lists of which there is no copy here: nobody stands on them. */
  readonly missing: readonly string[]
}

const dnsOf = ({ dns, dns_ttl: ttl }: Config): Dns =>
  createDns({ ...dns, zone: dns.blocklist, ttl, clock: () => performance.now() })

/** Files as they are now, and the last good copies of what the gateway has fetched; nothing is fetched. */
const listsOf = async ({ lists, lists_folder: folder }: Config): Promise<readonly ListHandle[]> => {
  await using dispatcher = new AsyncDisposableStack()
  const agent = dispatcher.adopt(new Agent(), (each) => each.destroy())
  const parts = { folder, dispatcher: agent, timeout: 1, clock: Date.now, onList: () => undefined }
  const handles: ListHandle[] = []
  for (const [name, options] of Object.entries(lists)) {
    const list = createKeptList({ ...parts, name, options })
    if (options.url === undefined) await list.refresh()
    else await list.restore()
    if (list.handle !== undefined) handles.push(list.handle)
  }
  return handles
}

const geoOf = ({ databases }: Config): Geo => {
  const loaded = loadDatabases(databases)
  if (loaded.ok) return attachGeo(loaded.value)
  throw new Error(loaded.faults.map(({ key, fault }) => `databases.${key}: ${fault}`).join('; '))
}

const listedIn =
  (lists: Lists): Senses['listed'] =>
  (list, address) =>
    lists.has(list, address)

/**
 * @param asksDns False: no name of an address is known.
 * @throws when a database cannot be read.
 */
export const createLoneSenses = async (config: Config, asksDns: boolean): Promise<LoneSenses> => {
  await using opened = new AsyncDisposableStack()
  const handles = await listsOf(config)
  const geo = geoOf(config)
  const dns = asksDns ? opened.use(dnsOf(config)) : undefined
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  const senses: Senses = {
    ...createKnownSenses().senses,
    ...(dns === undefined ? {} : { reverse: dns.reverse, forward: dns.forward, blocked: dns.blocked }),
    country: geo.country,
    asn: geo.asn,
    listed: listedIn(attachLists(handles)),
    load: () => [one, five, fifteen],
    random: Math.random,
  }
  const everything = opened.move()
  return {
    senses,
    missing: Object.keys(config.lists).filter((name) => !handles.some((handle) => handle.name === name)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
