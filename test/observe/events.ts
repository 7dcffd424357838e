/** Events for the tests of the room. */
import type { DecidedEvent } from '../../src/base/event.ts'

export const decidedEvent = (parts: Partial<DecidedEvent> = {}): DecidedEvent => ({
  name: 'decided',
  site: 'demo',
  action: 'challenge',
  rule: 'browsers',
  level: 1,
  weight: 0,
  reference: 'a1b2c3d4e5f6',
  observed: false,
  address: '192.0.2.7',
  method: 'GET',
  host: 'demo.example',
  target: '/page?x=1',
  userAgent: 'Mozilla/5.0',
  ...parts,
})
