import { channel } from 'node:diagnostics_channel'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { ConfigSource } from '../../src/app/reload/reloading.ts'
import { createTollgate } from '../../src/app/tollgate.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { ensureWebBuilt } from '../../web/build.ts'

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'tollgate-app-'))

/** A small configuration that disturbs nobody: free ports, quiet log, little work. */
export const configOf = (yaml: string): Config => {
  const log = join(freshFolder(), 'gate.log')
  const defaults = [
    ['listen', '127.0.0.1:0'],
    ['workers', '2'],
    ['challenge', '{ work: 64, puzzles: 4 }'],
    ['admin', '{ listen: "127.0.0.1:0" }'],
    ['log', `{ file: ${log} }`],
    ['store', '{ capacity: 1000 }'],
  ] as const
  const missing = defaults.filter(([key]) => !new RegExp(`^${key}:`, 'm').test(yaml))
  const text = [...missing.map(([key, value]) => `${key}: ${value}`), yaml].join('\n')
  const loaded = loadConfig({ text, env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.config
}

/** The whole product, with its threads at hand. */
export const startTollgate = async (yaml = '', source?: ConfigSource) => {
  await ensureWebBuilt()
  const workers: Worker[] = []
  const collect = (message: unknown): void => {
    workers.push((message as { readonly worker: Worker }).worker)
  }
  const threads = channel('worker_threads')
  threads.subscribe(collect)
  try {
    const tollgate = await createTollgate(configOf(yaml), source)
    const address = tollgate.addresses.find(({ kind }) => kind === 'tcp')
    return {
      tollgate,
      admin: tollgate.admin ?? '',
      port: address?.kind === 'tcp' ? address.port : 0,
      /** All that were ever started, oldest first. */
      workers,
      async [Symbol.asyncDispose]() {
        threads.unsubscribe(collect)
        await tollgate[Symbol.asyncDispose]()
      },
    }
  } catch (fault) {
    threads.unsubscribe(collect)
    throw fault
  }
}
