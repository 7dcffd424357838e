/** Sections of an Anubis policy file that another section of ours says, or that have no counterpart. */
import { z } from 'zod'
import { parseListenAddress } from '../base/endpoint.ts'
import type { ListenAddress } from '../base/endpoint.ts'
import { isLoopback } from './options.ts'
import type { AdminOptions, LogOptions } from './options.ts'

const text = z.string('must be a text')
const flag = z.boolean()

/** `logging`: as Anubis names the section log. */
export const loggingSchema = z
  .strictObject({
    level: text
      .regex(/^(?:debug|info|warn|error)$/i, 'must be one of debug, info, warn, error')
      .exactOptional()
      .describe('The least level that is written.'),
    sink: z.enum(['stdio', 'file']).exactOptional().describe('Where the log goes.'),
    parameters: z
      .strictObject({
        file: text.exactOptional().describe('With the sink file: its path.'),
        maxBackups: z.int().exactOptional().describe('Without effect.'),
        maxBytes: z.int().exactOptional().describe('Without effect.'),
        maxAge: z.int().exactOptional().describe('Without effect.'),
        compress: flag.exactOptional().describe('Without effect.'),
        useLocalTime: flag.exactOptional().describe('Without effect.'),
      })
      .exactOptional()
      .describe('Of the sink.'),
    asn: flag.exactOptional().describe('Without effect.'),
  })
  .exactOptional()
  .describe('As Anubis names the section log.')

/** `metrics`: as Anubis names the section admin. */
export const metricsSchema = z
  .strictObject({
    bind: text.exactOptional().describe('Becomes admin.listen when it is a loopback address.'),
    network: text.exactOptional().describe('tcp, tcp4, tcp6 or unix.'),
    socketMode: text.exactOptional().describe('Without effect.'),
    debug: flag.exactOptional().describe('Without effect.'),
    basicAuth: z
      .strictObject({ username: text.exactOptional(), password: text.exactOptional() })
      .exactOptional()
      .describe('Without effect; use admin.token_file.'),
    tls: z
      .strictObject({
        certificate: text.exactOptional(),
        key: text.exactOptional(),
        ca: text.exactOptional(),
      })
      .exactOptional()
      .describe('Without effect.'),
  })
  .exactOptional()
  .describe('As Anubis names the section admin.')

export const honeypotSchema = z
  .strictObject({
    enabled: flag.exactOptional(),
    implementation: text.exactOptional(),
    ip_log_file: text.exactOptional(),
  })
  .exactOptional()
  .describe('Of Anubis; without effect.')

export const openGraphSchema = z
  .strictObject({
    enabled: flag.exactOptional(),
    considerHost: flag.exactOptional(),
    ttl: text.exactOptional(),
    override: z.record(text, text).exactOptional(),
  })
  .exactOptional()
  .describe('Of Anubis; without effect.')

export const impressumSchema = z
  .strictObject({
    footer: text.exactOptional(),
    page: z.strictObject({ title: text.exactOptional(), body: text.exactOptional() }).exactOptional(),
  })
  .exactOptional()
  .describe('Of Anubis; without effect.')

/** The sections together, as they stand in the parsed document. */
export interface AnubisSections {
  readonly logging?: z.output<typeof loggingSchema>
  readonly metrics?: z.output<typeof metricsSchema>
  readonly honeypot?: z.output<typeof honeypotSchema>
  readonly openGraph?: z.output<typeof openGraphSchema>
  readonly impressum?: z.output<typeof impressumSchema>
}

type Warn = (path: readonly string[], message: string) => void

/** `log` as the section logging says it. */
export const logOf = ({ logging }: AnubisSections, log: LogOptions, warn: Warn): LogOptions => {
  if (logging === undefined) return log
  const { level, sink, parameters, asn } = logging
  for (const key of Object.keys(parameters ?? {}).filter((each) => each !== 'file')) {
    warn(
      ['logging', 'parameters', key],
      'has no effect; files are reopened on SIGUSR2 and rotated by other means',
    )
  }
  if (asn === true) warn(['logging', 'asn'], 'has no effect')
  if (sink === 'file' && parameters?.file === undefined) {
    warn(['logging', 'sink'], 'is file, but parameters.file names none; standard output is used')
  }
  const file = sink === 'file' ? parameters?.file : undefined
  return {
    level: level === undefined ? log.level : (LEVELS[level.toLowerCase()] ?? log.level),
    ...(file === undefined ? (log.file === undefined ? {} : { file: log.file }) : { file }),
  }
}

const LEVELS: Readonly<Record<string, LogOptions['level']>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

const metricsAddress = (metrics: NonNullable<AnubisSections['metrics']>): ListenAddress | undefined => {
  const bind = metrics.bind ?? ''
  const parsed = parseListenAddress(
    metrics.network === 'unix' && !bind.startsWith('unix:') ? `unix:${bind}` : bind,
  )
  return parsed.ok && isLoopback(parsed.value) ? parsed.value : undefined
}

/** `admin` as the section metrics says it. */
export const adminOf = ({ metrics }: AnubisSections, admin: AdminOptions, warn: Warn): AdminOptions => {
  if (metrics === undefined) return admin
  for (const key of ['socketMode', 'debug', 'basicAuth', 'tls'] as const) {
    if (metrics[key] !== undefined && metrics[key] !== false) warn(['metrics', key], 'has no effect')
  }
  const listen = metricsAddress(metrics)
  if (metrics.bind !== undefined && listen === undefined) {
    warn(
      ['metrics', 'bind'],
      'is no loopback address, which needs admin.token_file; admin.listen stays as it is',
    )
  }
  return listen === undefined ? admin : { ...admin, listen }
}

/** Tells what a file asks for that is not built. */
export const warnOfUnbuilt = ({ honeypot, openGraph, impressum }: AnubisSections, warn: Warn): void => {
  if (honeypot !== undefined && honeypot.enabled !== false)
    warn(['honeypot'], 'has no effect; there is no honeypot')
  if (openGraph?.enabled === true) warn(['openGraph'], 'has no effect; pages carry no tags of the site')
  if (impressum !== undefined && Object.keys(impressum).length > 0) warn(['impressum'], 'has no effect')
}
