/** The gateway under test, in a process of its own. */
import { startNodeChild } from './node-child.ts'
import type { Subject } from './process.ts'

/** What the gateway's process is told. */
export interface GatewayJob {
  /** The configuration file's text. */
  readonly yaml: string
}

export interface GatewayStarted {
  readonly port: number
  /** Base URL of the admin listener; empty when it is off. */
  readonly admin: string
}

export interface Gateway extends Subject {
  readonly admin: string
}

export interface GatewayOptions {
  readonly upstream: number
  readonly workers?: number
  /** Expected hashes; few unless given, since most benches do not measure the solver. */
  readonly work?: number
  readonly level?: 'info' | 'warn'
  readonly logFile: string
  readonly admin?: boolean
  /** More of the configuration. */
  readonly policy?: string
}

/** Everything else is as by default. */
const yamlOf = (options: GatewayOptions): string => `
listen: 127.0.0.1:0
upstream: http://127.0.0.1:${options.upstream}
workers: ${options.workers ?? 1}
admin: { listen: '${options.admin ? '127.0.0.1:0' : 'off'}' }
challenge: { work: ${options.work ?? 65_536} }
log: { level: ${options.level ?? 'warn'}, file: '${options.logFile}' }
${options.policy ?? ''}
`

export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const child = startNodeChild('gateway-child.ts')
  const { port, admin } = await child.ask<GatewayStarted>({ yaml: yamlOf(options) } satisfies GatewayJob)
  return { port, admin, cpu: child.cpu, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
