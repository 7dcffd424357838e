/** Reads what `web/build.ts` built. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `manifest.json` of the build; its writer says more. */
export interface Manifest {
  readonly challenge: {
    readonly document: string
    readonly refusal: string
    readonly script: string
    readonly style: string
    readonly worker: string
  }
  readonly assets: Readonly<Record<string, string>>
}

/** Throws when nothing was built there. */
export const readManifest = (folder: string): Manifest => {
  try {
    return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  } catch (cause) {
    throw new Error(`the pages are not built: ${folder} (node web/build.ts builds them)`, { cause })
  }
}
