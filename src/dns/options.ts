import { z } from 'zod'
import { parseAddress } from '../base/address.ts'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import { count, duration, parsedText } from '../base/scalars.ts'
import { askableName } from './names.ts'

const MOST_SERVERS = 8
const LONGEST_TTL = 7 * 86_400
const SERVER = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/
const SERVER_FAULT =
  'must be the address of a DNS server, such as 9.9.9.9, 127.0.0.1:5353 or [2001:db8::1]:53'
const ZONE_FAULT = 'must be the name of a DNS zone, such as dnsbl.dronebl.org'

const parseServer = (text: string): Parsed<string> => {
  const [, bracketed, plain, port] = SERVER.exec(text) ?? []
  const address = parseAddress(bracketed ?? plain ?? text)
  if (address === undefined || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))) {
    return bad(SERVER_FAULT)
  }
  return good(
    port === undefined
      ? address.text
      : `${address.text.includes(':') ? `[${address.text}]` : address.text}:${port}`,
  )
}

const parseZone = (text: string): Parsed<string> => {
  const zone = askableName(text)
  // Behind the 32 nibbles of an address a longer zone would not fit into a name.
  return zone === undefined || !zone.includes('.') || zone.length > 180 ? bad(ZONE_FAULT) : good(zone)
}

/** `dns`: whom lookups of rules are sent to, and what they may cost. */
export const dnsSchema = z
  .strictObject({
    servers: z
      .array(parsedText(parseServer), 'must be a list of DNS servers')
      .max(MOST_SERVERS, `must have at most ${MOST_SERVERS} entries`)
      .prefault([])
      .describe('DNS servers to ask; none: those of the system.'),
    timeout: duration({ min: '10ms', max: '10s' })
      .prefault('500ms')
      .describe('How long a lookup may take, its second try included.'),
    capacity: count({ min: '1', max: '1M' })
      .prefault(10_000)
      .describe('How many answers are remembered at most; the one longest not asked for makes room.'),
    blocklist: parsedText(parseZone)
      .prefault('dnsbl.dronebl.org')
      .describe('The DNS block list that dnsbl asks.'),
  })
  .prefault({})
  .describe('How rules ask the DNS.')

const TTL_FAULT = `must be a whole number of seconds from 0 to ${LONGEST_TTL}`
const seconds = (text: string) =>
  z
    .int(TTL_FAULT)
    .min(0, TTL_FAULT)
    .max(LONGEST_TTL, TTL_FAULT)
    .prefault(300)
    .transform((value) => value * 1000)
    .describe(text)

/** `dns_ttl`: for how long answers are remembered; written in seconds, read as milliseconds. */
export const dnsTtlSchema = z
  .strictObject({
    forward: seconds('Seconds for which the addresses of a name are remembered.'),
    reverse: seconds('Seconds for which the names of an address are remembered.'),
  })
  .prefault({})
  .describe('For how long answers of the DNS are remembered.')
