import { readFileSync } from 'node:fs'

const isNamed = (value: unknown): value is { readonly version: string } =>
  typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'

/** The version of the package that this file belongs to, wherever it was built to. */
export const readVersion = (): string => {
  for (const above of ['../../package.json', '../../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8'))
      if (isNamed(found)) return found.version
    } catch {
      // One level further up, then.
    }
  }
  return '0.0.0'
}
