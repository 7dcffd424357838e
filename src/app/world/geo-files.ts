import { statSync } from 'node:fs'
import type { GeoHandle } from '../../geo/geo.ts'
import { loadDatabases } from '../../geo/load.ts'
import type { DatabasesOptions } from '../../geo/options.ts'

/** The databases in shared memory; a file is read again only when it is another one. */
export interface GeoFiles {
  /** @throws with one line that names the key when a database cannot be used. */
  load(options: DatabasesOptions): GeoHandle
}

/** What tells one version of a file from another. */
const versionOf = (file: string | undefined): string => {
  const stats = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? 'none' : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs}`
}

export const createGeoFiles = (): GeoFiles => {
  let known: { readonly version: string; readonly handle: GeoHandle } | undefined
  return {
    load(options) {
      const { country, asn } = options
      const version = JSON.stringify([country, versionOf(country), asn, versionOf(asn)])
      if (known?.version === version) return known.handle
      const loaded = loadDatabases(options)
      if (!loaded.ok)
        throw new Error(loaded.faults.map(({ key, fault }) => `databases.${key} ${fault}`).join('; '))
      known = { version, handle: loaded.value }
      return loaded.value
    },
  }
}
