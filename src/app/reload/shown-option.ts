import { durationText } from '../../base/units.ts'

const LONGEST = 100

/** Keys whose number is in milliseconds. */
const DURATIONS = new Set([
  'ttl',
  'dns_ttl',
  'cleanup_interval',
  'drain_timeout',
  'connect',
  'headers',
  'idle',
  'window',
  'refresh',
  'timeout',
])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An address as it was written: `http://host:port`, `127.0.0.1:80`, `unix:/path`. */
const endpointText = (value: Readonly<Record<string, unknown>>): string | undefined => {
  const { kind, host, port, origin, path } = value
  if (kind === 'unix' && typeof path === 'string') return `unix:${path}`
  if (typeof origin === 'string') return origin
  if (kind !== 'tcp' || typeof host !== 'string') return undefined
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`
}

const textOf = (key: string | undefined, value: unknown): string => {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'number') return key && DURATIONS.has(key) ? durationText(value) : String(value)
  // Upper-case words of the language stand without quotes, as in the file.
  if (typeof value === 'string') return /^[A-Z_]+$/.test(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((entry) => textOf(key, entry)).join(', ')}]`
  if (!isRecord(value)) return typeof value === 'boolean' ? String(value) : 'something'
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${textOf(name, inner)}`)
  return endpointText(value) ?? `{${entries.join(', ')}}`
}

/** An option's value as an operator would write it, on one line and cut when it is long. */
export const shownAt = (path: readonly (string | number)[], value: unknown): string => {
  const key = path.findLast((step) => typeof step === 'string')
  const text = textOf(key, value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
