import { z } from 'zod'
import { challengeSchema } from '../challenge/options.ts'
import { trustedProxiesSchema } from '../client/options.ts'
import { statusCodesSchema } from '../pages/options.ts'
import { passSchema } from '../pass/options.ts'
import { botsSchema, defaultSchema } from '../policy/options.ts'
import { upstreamSchema, upstreamTimeoutsSchema } from '../proxy/options.ts'
import { storeSchema } from '../store/options.ts'
import {
  adminSchema,
  basePathSchema,
  drainTimeoutSchema,
  listenSchema,
  logSchema,
  modeSchema,
  workersSchema,
} from './options.ts'

/** The whole document; each room owns its part. */
export const configSchema = z.strictObject({
  listen: listenSchema,
  upstream: upstreamSchema,
  upstream_timeouts: upstreamTimeoutsSchema,
  workers: workersSchema,
  trusted_proxies: trustedProxiesSchema,
  base_path: basePathSchema,
  admin: adminSchema,
  challenge: challengeSchema,
  pass: passSchema,
  store: storeSchema,
  mode: modeSchema,
  bots: botsSchema,
  default: defaultSchema,
  status_codes: statusCodesSchema,
  log: logSchema,
  drain_timeout: drainTimeoutSchema,
})

type Document = z.output<typeof configSchema>

/** The configuration in base units (milliseconds, bytes, hashes); plain data that can go to a worker thread. */
export interface Config extends Omit<Document, 'workers'> {
  /** 1 … 64. */
  readonly workers: number
}

/** A part of a JSON Schema, as far as we read it ourselves. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
}

/** The JSON Schema (draft 2020-12) of what may stand in the file, for editors and `tollgate schema`. */
export const configJsonSchema = (): JsonSchema & Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>
  return { $schema, title: 'Configuration of tollgate', ...rest }
}
