import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from './built.ts'
import { flatHeaders } from './headers.ts'
import type { Asset } from './pages.ts'

/** A worker from the network obeys the policy of its own response: WebAssembly is all that it may do. */
const SCRIPT_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'"

const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** RFC 9110 §12.5.3: named and not with weight 0. */
export const acceptsCoding = (acceptEncoding: string | undefined, coding: string): boolean =>
  (acceptEncoding ?? '').split(',').some((item) => {
    const [name = '', ...parameters] = item.toLowerCase().split(';')
    return name.trim() === coding && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter))
  })

const assetOf = (folder: string, name: string, type: string, suffix: string, coding: string): Asset => {
  const body = readFileSync(join(folder, 'assets', name + suffix))
  const headers = flatHeaders({
    'content-type': type,
    'content-length': String(body.length),
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    vary: 'accept-encoding',
    ...(type.startsWith('text/javascript') && { 'content-security-policy': SCRIPT_POLICY }),
    ...(coding && { 'content-encoding': coding }),
  })
  return { status: 200, headers, body }
}

/** All files of the manifest in memory, each plain and compressed. */
export const createAssets = (folder: string, { assets }: Manifest) => {
  const files = new Map(
    Object.entries(assets).map(([name, type]) => [
      name,
      {
        plain: assetOf(folder, name, type, '', ''),
        coded: CODINGS.map(([coding, suffix]) => ({
          coding,
          asset: assetOf(folder, name, type, suffix, coding),
        })),
      },
    ]),
  )
  return (name: string, acceptEncoding: string | undefined): Asset | undefined => {
    const file = files.get(name)
    return file?.coded.find(({ coding }) => acceptsCoding(acceptEncoding, coding))?.asset ?? file?.plain
  }
}
