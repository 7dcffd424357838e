/** Builds the challenge page and its worker. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plugin, build, transform } from 'esbuild'
import { emitScript } from './kernel/script.ts'
import { emitModule } from './kernel/wasm.ts'

export interface BuiltChallenge {
  /** Documents with `{{text}}` and `{{{markup}}}` places left to fill. */
  readonly page: string
  readonly refusal: string
  /** CSP sources of the inline script and style, e.g. `sha256-…`. */
  readonly script: string
  readonly style: string
  readonly worker: string
}

const generated: Readonly<Record<string, () => string>> = {
  'tollgate:module': () => `export const bytes='${Buffer.from(emitModule()).toString('base64')}'`,
  'tollgate:search': emitScript,
}

const kernels: Plugin = {
  name: 'kernels',
  setup(builder) {
    builder.onResolve({ filter: /^tollgate:/ }, ({ path }) => ({ path, namespace: 'kernels' }))
    builder.onLoad({ filter: /./, namespace: 'kernels' }, ({ path }) => {
      const emit = generated[path]
      return emit ? { contents: emit() } : undefined
    })
  },
}

const bundle = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [kernels],
  })
  const text = outputFiles[0]?.text.trim() ?? ''
  if (/<\/script|<!--/i.test(text)) throw new Error(`${entry} cannot stand in a script element`)
  return text
}

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
const sourceOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
/** A place that a formatter has pulled apart would leave a page without its script; so it must be there, once. */
const fill = (html: string, place: string, text: string): string => {
  const parts = html.split(`{{{${place}}}}`)
  if (parts.length !== 2)
    throw new Error(`the document must have one place for {{{${place}}}}, not ${parts.length - 1}`)
  return parts.join(text)
}
const tighten = (html: string): string => html.replace(/>\n</g, '><').trim()

export const buildChallenge = async (): Promise<BuiltChallenge> => {
  const [script, worker, css] = await Promise.all([
    bundle('page.ts'),
    bundle('worker.ts'),
    transform(read('page.css'), { loader: 'css', minify: true, target: 'es2020' }),
  ])
  const style = css.code.trim()
  return {
    page: fill(fill(tighten(read('page.html')), 'style', style), 'script', script),
    refusal: fill(tighten(read('refusal.html')), 'style', style),
    script: sourceOf(script),
    style: sourceOf(style),
    worker,
  }
}
