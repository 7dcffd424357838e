/** Run by bench/gateway.ts: the whole gateway, from a configuration's text. */
import { createTollgate } from '../src/app/tollgate.ts'
import { loadConfig } from '../src/config/load.ts'
import type { GatewayJob, GatewayStarted } from './gateway.ts'

const start = async ({ yaml }: GatewayJob): Promise<void> => {
  const loaded = loadConfig({ text: yaml, env: {} })
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('; '))
  const tollgate = await createTollgate(loaded.config)
  const [address] = tollgate.addresses
  const port = address?.kind === 'tcp' ? address.port : 0
  process.send?.({ port, admin: tollgate.admin ?? '' } satisfies GatewayStarted)
}

process.once('message', (job: GatewayJob) => {
  void start(job)
})
process.once('disconnect', () => process.exit(0))
