import { z } from 'zod'
import { addressRange } from '../base/scalars.ts'

/** `trusted_proxies`: whose forwarding headers are believed; canonical CIDR texts. */
export const trustedProxiesSchema = z
  .array(addressRange(), 'must be a list of address ranges')
  .max(10_000, 'must have at most 10000 entries')
  .prefault([])
  .describe('Address ranges of the proxies in front, whose forwarding headers are believed.')
