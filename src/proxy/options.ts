import { z } from 'zod'
import { duration, upstreamUrl } from '../base/scalars.ts'

/** `upstream`: the protected server; absent: the demo site. */
export const upstreamSchema = upstreamUrl()
  .exactOptional()
  .describe(
    'The protected server: http://HOST[:PORT], https://HOST[:PORT] or unix:/PATH; absent: a demo site.',
  )

/** `upstream_timeouts`, in milliseconds; 0 means none. */
export const upstreamTimeoutsSchema = z
  .strictObject({
    connect: duration({ min: '1ms', max: '10m' })
      .prefault('5s')
      .describe('Until the connection to the upstream stands.'),
    headers: duration({ max: '24h' })
      .prefault('60s')
      .describe('Until the upstream has sent the head of its response; 0s: wait for ever.'),
    idle: duration({ max: '24h' })
      .prefault('0s')
      .describe('Longest silence within a response body; 0s: any.'),
  })
  .prefault({})
  .describe('How long to wait for the upstream.')

export type UpstreamTimeouts = z.output<typeof upstreamTimeoutsSchema>
