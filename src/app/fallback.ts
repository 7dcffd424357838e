import type { UpstreamAddress } from '../base/endpoint.ts'
import type { Config } from '../config/schema.ts'
import { createDemoSite, type DemoSite } from './demo-site.ts'
import { needsFallback } from './site-plan.ts'

/** What stands behind sites that name no upstream. */
export interface Fallback {
  /** Where they go: the demo site, started when it is needed for the first time. */
  of(config: Config): Promise<UpstreamAddress>
}

/** @param keep Told of the demo site, to end it with everything else. */
export const createFallback = (keep: (demo: DemoSite) => DemoSite): Fallback => {
  let demo: Promise<DemoSite> | undefined
  return {
    async of(config) {
      // Nobody goes there, so any address will do.
      if (!needsFallback(config) && config.upstream !== undefined) return config.upstream
      demo ??= createDemoSite().then(keep)
      return (await demo).address
    },
  }
}
