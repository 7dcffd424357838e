/** Builds what browsers get into `web/dist`: documents, hashed assets with their compressed twins, a manifest. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { buildChallenge } from './challenge/build.ts'

/** A file of `assets/`: its name carries a hash of its content. */
export interface BuiltAsset {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** What `manifest.json` says. Documents are files beside it; hashes are CSP sources without quotes. */
export interface Manifest {
  readonly challenge: {
    readonly document: string
    readonly refusal: string
    readonly script: string
    readonly style: string
    readonly worker: string
  }
  /** Media type by file name in `assets/`; each has a `.br` and a `.gz` twin. */
  readonly assets: Readonly<Record<string, string>>
}

const room = import.meta.dirname
const DIST = join(room, 'dist')

/** Whole or not at all, so that two builds at once do no harm. */
const writeWhole = (file: string, data: string | Uint8Array): void => {
  mkdirSync(dirname(file), { recursive: true })
  const partial = `${file}.${process.pid}.${performance.now()}.tmp`
  writeFileSync(partial, data)
  renameSync(partial, file)
}

/** `name-HASH.ext` for `name.ext`. */
const assetOf = (name: string, type: string, text: string): BuiltAsset => {
  const hash = createHash('sha256').update(text).digest('base64url').replace(/[-_]/g, '').slice(0, 12)
  return { name: name.replace(/(\.[^.]+)$/, `-${hash}$1`), type, text }
}

const writeAsset = (outdir: string, { name, text }: BuiltAsset): void => {
  const file = join(outdir, 'assets', name)
  writeWhole(file, text)
  writeWhole(`${file}.br`, brotliCompressSync(text))
  writeWhole(`${file}.gz`, gzipSync(text, { level: 9 }))
}

const removeOld = (outdir: string, { assets }: Manifest): void => {
  const known = new Set(Object.keys(assets).flatMap((name) => [name, `${name}.br`, `${name}.gz`]))
  for (const name of readdirSync(join(outdir, 'assets')))
    if (!known.has(name)) rmSync(join(outdir, 'assets', name), { force: true })
}

const buildDashboardIfThere = async (outdir: string): Promise<void> => {
  const file = join(room, 'dashboard', 'build.ts')
  if (!existsSync(file)) return
  const { buildDashboard } = (await import(file)) as { buildDashboard: (outdir: string) => Promise<void> }
  await buildDashboard(outdir)
}

/** Builds everything. Deterministic: the same sources give the same bytes. */
export const buildWeb = async ({ outdir = DIST }: { readonly outdir?: string } = {}): Promise<Manifest> => {
  const { page, refusal, script, style, worker: workerText } = await buildChallenge()
  const worker = assetOf('challenge-worker.js', 'text/javascript; charset=utf-8', workerText)
  writeAsset(outdir, worker)
  writeWhole(join(outdir, 'challenge.html'), page)
  writeWhole(join(outdir, 'refusal.html'), refusal)
  await buildDashboardIfThere(outdir)
  const manifest: Manifest = {
    challenge: { document: 'challenge.html', refusal: 'refusal.html', script, style, worker: worker.name },
    assets: { [worker.name]: worker.type },
  }
  writeWhole(join(outdir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  removeOld(outdir, manifest)
  return manifest
}

const changedAt = (file: string): number => statSync(file).mtimeMs
const sources = (): string[] => [
  join(room, '..', 'src', 'protocol.ts'),
  ...readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('dist') && statSync(join(room, name)).isFile())
    .map((name) => join(room, name)),
]

/** True when nothing was built yet or a source is newer than the manifest. */
export const isStale = (outdir = DIST): boolean => {
  const manifest = join(outdir, 'manifest.json')
  return !existsSync(manifest) || sources().some((file) => changedAt(file) > changedAt(manifest))
}

/** Held while building; older ones were left behind. */
const LOCK_MS = 10_000

const lock = async (outdir: string): Promise<Disposable> => {
  const folder = join(outdir, '.building')
  mkdirSync(outdir, { recursive: true })
  for (;;) {
    try {
      mkdirSync(folder)
      return { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
    } catch {
      const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
      if (age > LOCK_MS) rmSync(folder, { recursive: true, force: true })
      await setTimeout(20)
    }
  }
}

/** Builds only when something changed; of several processes at once only the first builds. */
export const ensureWebBuilt = async (outdir = DIST): Promise<Manifest> => {
  if (isStale(outdir)) {
    using _ = await lock(outdir)
    if (isStale(outdir)) return await buildWeb({ outdir })
  }
  return JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as Manifest
}

if (import.meta.main) await (argv.includes('--if-stale') ? ensureWebBuilt() : buildWeb())
