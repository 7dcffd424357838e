import type { Fault } from './fault.ts'
import type { Path, Places } from './places.ts'
import type { Config } from './schema.ts'

const isRestrictive = ({ action }: { readonly action: string }): boolean =>
  action !== 'ALLOW' && action !== 'WEIGH'

/** What is allowed but hardly meant. */
export const warningsOf = (
  config: Config,
  places: Places,
  data: Readonly<Record<string, unknown>>,
): Fault[] => {
  const warnings: Fault[] = []
  const warn = (path: Path, message: string): void =>
    void warnings.push({ ...places.nearest(path).value, message })
  for (const [index, range] of config.trusted_proxies.entries()) {
    if (range.endsWith('/0'))
      warn(['trusted_proxies', index], `${range} believes everybody's forwarding headers`)
  }
  if (config.default.action === 'ALLOW' && ![...config.bots, ...config.thresholds].some(isRestrictive)) {
    warn(['default'], 'every request is allowed; nothing is challenged or denied')
  }
  if (config.thresholds.length > 0 && data['default'] === undefined) {
    warn(['thresholds'], 'what no threshold decides is challenged; write default to say so, or otherwise')
  }
  if (config.listen.length !== new Set(config.listen.map((address) => JSON.stringify(address))).size) {
    warn(['listen'], 'the same address stands here twice')
  }
  return warnings
}
