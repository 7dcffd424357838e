import { z } from 'zod'
import { bad, good } from '../base/parsed.ts'
import { parseListenAddress } from '../base/endpoint.ts'
import type { ListenAddress } from '../base/endpoint.ts'
import { duration, filePath, listenAddress, parsedText } from '../base/scalars.ts'
import { DEFAULT_BASE_PATH } from '../protocol.ts'

const LISTEN_FAULT = 'must be an address such as 127.0.0.1:8923 or a list of addresses'
const BASE_PATH_FAULT =
  'must be a path such as /.tollgate: no slash at its end, segments of A-Z a-z 0-9 - . _ ~'
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/
const WORKERS_FAULT = 'must be auto or a number from 1 to 64'

/** `listen`: one address or a list; always a list when parsed. */
export const listenSchema = z
  .union(
    [
      listenAddress().transform((address) => [address]),
      z.array(listenAddress()).min(1, LISTEN_FAULT).max(32, 'must have at most 32 addresses'),
    ],
    LISTEN_FAULT,
  )
  .prefault('127.0.0.1:8923')
  .describe('Where visitors connect: HOST:PORT, :PORT, [IPV6]:PORT, unix:/PATH, or a list of these.')

/** `workers`: threads; `auto` is one for each core. */
export const workersSchema = z
  .union(
    [z.literal('auto', WORKERS_FAULT), z.int().min(1, WORKERS_FAULT).max(64, WORKERS_FAULT)],
    WORKERS_FAULT,
  )
  .prefault('auto')
  .describe('Worker threads; auto: one for each core.')

export const basePathSchema = z
  .string(BASE_PATH_FAULT)
  .regex(BASE_PATH, BASE_PATH_FAULT)
  .max(100, BASE_PATH_FAULT)
  .prefault(DEFAULT_BASE_PATH)
  .describe('Path under which the endpoints of the gateway itself live.')

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/

/** True for an address that only this machine reaches. */
export const isLoopback = (address: ListenAddress | 'off'): boolean =>
  address === 'off' || address.kind === 'unix' || LOOPBACK.test(address.host)

/** `admin`: the listener for metrics, health and the dashboard. */
export const adminSchema = z
  .strictObject({
    listen: parsedText<ListenAddress | 'off'>((text) => {
      const parsed = text === 'off' ? good('off' as const) : parseListenAddress(text)
      return parsed.ok ? parsed : bad(`${parsed.fault}, or off`)
    })
      .prefault('127.0.0.1:9090')
      .describe('Where metrics, health and the dashboard are served; off: nowhere.'),
    token_file: filePath()
      .exactOptional()
      .describe(
        'File with the token that the admin listener asks for; needed unless it listens on loopback.',
      ),
  })
  .refine(({ listen, token_file }) => isLoopback(listen) || token_file !== undefined, {
    path: ['listen'],
    error: 'must be a loopback address unless admin.token_file is set',
  })
  .prefault({})
  .describe('The listener for metrics, health and the dashboard.')

/** `mode`: act on decisions, or only say what they would have been. */
export const modeSchema = z
  .enum(['enforce', 'observe'])
  .prefault('enforce')
  .describe('enforce: act on decisions; observe: forward everything and say what would have been done.')

export const logSchema = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .prefault('info')
      .describe('The least level that is written.'),
    file: filePath().exactOptional().describe('File to append to; absent: standard output.'),
  })
  .prefault({})
  .describe('The log, one JSON object a line.')

export type LogOptions = z.output<typeof logSchema>
export type AdminOptions = z.output<typeof adminSchema>

/** `dnsbl`: whether addresses on the DNS block list are refused. */
export const dnsblSchema = z
  .boolean()
  .prefault(false)
  .describe('Whether addresses that stand on the DNS block list are refused.')

/** `reload`: what makes the gateway read its configuration again, besides SIGHUP and `tollgate reload`. */
export const reloadSchema = z
  .strictObject({
    watch: z.boolean().prefault(false).describe('Also when one of its files changes.'),
  })
  .prefault({})
  .describe('When the configuration is read again.')

export const drainTimeoutSchema = duration({ max: '1h' })
  .prefault('30s')
  .describe('How long running requests may take to finish when the gateway stops.')
