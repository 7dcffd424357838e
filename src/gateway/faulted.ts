import type { FaultedEvent } from '../base/event.ts'
import type { Turn } from './turn.ts'

/** What the log and the journal are told of an answer that is neither a decision nor the site's. */
export const faultedEventOf = ({ site, facts, reference }: Turn, code: string): FaultedEvent => ({
  name: 'faulted',
  site: site.name,
  code,
  reference,
  address: facts.client.address.text,
  method: facts.method,
  host: facts.client.host,
  target: facts.target,
  userAgent: facts.userAgent,
})
