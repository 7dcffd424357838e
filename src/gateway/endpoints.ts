import type { Pages } from '../pages/pages.ts'
import { ENDPOINTS } from '../protocol.ts'
import type { Act } from './act.ts'
import type { Turn } from './turn.ts'
import type { Endpoint } from './endpoint.ts'

/** `B/assets/HASHED`: what the gateway's own pages need. */
const createAssets = (parts: {
  readonly basePath: string
  readonly act: Act
  readonly pages: Pages
}): Endpoint => ({
  methods: ['GET', 'HEAD'],
  answer(turn) {
    const name = turn.facts.path.slice(parts.basePath.length + ENDPOINTS.assets.length)
    const found = parts.pages.asset(name, turn.facts.header('accept-encoding'))
    if (!found) return parts.act.fault(turn, 'not_found')
    turn.response.writeHead(200, [...found.headers])
    turn.response.end(found.body)
  },
})

export interface Endpoints {
  /** True for a path that is the gateway's own; such a path never goes upstream. */
  owns(path: string): boolean
  handle(turn: Turn): void | Promise<void>
}

/** The gateway's own paths below the base path. */
export const createEndpoints = (parts: {
  readonly basePath: string
  readonly act: Act
  readonly pages: Pages
  readonly answer: Endpoint
  readonly challenge: Endpoint
  readonly check: Endpoint
}): Endpoints => {
  const { act, basePath } = parts
  const assets = createAssets(parts)
  const byPath = new Map<string, Endpoint>([
    [ENDPOINTS.answer, parts.answer],
    [ENDPOINTS.challenge, parts.challenge],
    [ENDPOINTS.check, parts.check],
  ])
  const prefix = `${basePath}/`
  return {
    owns: (path) => path.startsWith(prefix) || path === basePath,
    handle(turn) {
      const path = turn.facts.path.slice(basePath.length)
      const endpoint = byPath.get(path) ?? (path.startsWith(ENDPOINTS.assets) ? assets : undefined)
      if (!endpoint) return act.fault(turn, 'not_found')
      if (!endpoint.methods.includes(turn.facts.method))
        return act.fault(turn, 'method_not_allowed', ['Allow', endpoint.methods.join(', ')])
      return endpoint.answer(turn)
    },
  }
}
