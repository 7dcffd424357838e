/** The built dashboard, read into memory once. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({
  index: z.string().regex(/^[\w.-]+$/),
  assets: z.array(z.string().regex(/^[\w.-]+$/)),
})

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

export interface Asset {
  readonly type: string
  readonly body: Buffer
}

export interface AdminAssets {
  readonly index: Asset
  /** By path, e.g. `/assets/main-4F2K.js`; their names change with their content. */
  readonly files: ReadonlyMap<string, Asset>
}

const NOT_BUILT = 'The dashboard is not built yet. Its figures are at /api/snapshot and /metrics.\n'

const assetOf = (folder: string, name: string): Asset => ({
  type: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  body: readFileSync(join(folder, name)),
})

/** Reads what `buildDashboard` wrote to `folder`; a plain text stands in while there is none. */
export const readAdminAssets = (folder: string | undefined): AdminAssets => {
  if (folder === undefined || !existsSync(join(folder, 'manifest.json'))) {
    return { index: { type: 'text/plain; charset=utf-8', body: Buffer.from(NOT_BUILT) }, files: new Map() }
  }
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  return {
    index: assetOf(folder, manifest.index),
    files: new Map(manifest.assets.map((name) => [`/assets/${name}`, assetOf(folder, name)])),
  }
}
