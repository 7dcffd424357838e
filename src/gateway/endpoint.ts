/** The seam of the gateway's own paths: types only. */
import type { Turn } from './turn.ts'

export interface Endpoint {
  readonly methods: readonly string[]
  answer(turn: Turn): void | Promise<void>
}
