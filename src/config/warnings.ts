import type { Fault } from './fault.ts'
import type { Path, Places } from './places.ts'
import type { Config } from './schema.ts'

/** What is allowed but hardly meant. */
export const warningsOf = (config: Config, places: Places): Fault[] => {
  const warnings: Fault[] = []
  const warn = (path: Path, message: string): void =>
    void warnings.push({ ...places.nearest(path).value, message })
  for (const [index, range] of config.trusted_proxies.entries()) {
    if (range.endsWith('/0'))
      warn(['trusted_proxies', index], `${range} believes everybody's forwarding headers`)
  }
  if (config.default.action === 'ALLOW' && config.bots.every(({ action }) => action === 'ALLOW')) {
    warn(['default'], 'every request is allowed; nothing is challenged or denied')
  }
  if (config.listen.length !== new Set(config.listen.map((address) => JSON.stringify(address))).size) {
    warn(['listen'], 'the same address stands here twice')
  }
  return warnings
}
