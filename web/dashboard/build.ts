/** Bundles the dashboard: hashed script and style, the page that names them, and a manifest. */
import { build } from 'esbuild'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

export interface BuiltDashboard {
  /** The folder that the admin listener reads. */
  readonly folder: string
  /** Names within the folder; all but `index.html` change with their content. */
  readonly files: readonly string[]
}

const here = import.meta.dirname

/** Writes `outdir/dashboard/`, replacing what was there. */
export const buildDashboard = async (outdir: string): Promise<BuiltDashboard> => {
  const folder = join(outdir, 'dashboard')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { metafile } = await build({
    entryPoints: { dashboard: join(here, 'main.ts'), style: join(here, 'style.css') },
    entryNames: '[name]-[hash]',
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  })
  const assets = Object.keys(metafile.outputs).map((path) => basename(path))
  const named = (end: string): string => {
    const name = assets.find((asset) => asset.endsWith(end))
    if (name === undefined) throw new Error(`the dashboard's bundle has no ${end} file`)
    return `/assets/${name}`
  }
  const page = (await readFile(join(here, 'index.html'), 'utf8'))
    .replace('%STYLE%', named('.css'))
    .replace('%SCRIPT%', named('.js'))
  await writeFile(join(folder, 'index.html'), page)
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify({ index: 'index.html', assets })}\n`)
  return { folder, files: [...assets, 'index.html'] }
}
