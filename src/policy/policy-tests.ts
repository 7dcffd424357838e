import { z } from 'zod'
import { parseAddress } from '../base/address.ts'
import { COUNTED } from './senses.ts'

const MOST_TESTS = 1000
const MOST_HEADERS = 100
const MOST_NAMES = 50
const LONGEST_TEXT = 10_000
const ACTIONS = ['ALLOW', 'DENY', 'CHALLENGE'] as const

const text = (what: string) =>
  z
    .string(what)
    .max(LONGEST_TEXT, `must have at most ${LONGEST_TEXT} characters`)
    // A header line or a target with a line break is none.
    .regex(/^[^\r\n\0]*$/, 'must be on one line')

const NAME_FAULT = 'must be a name of up to 200 characters'
const ACTION_FAULT = `must be ${ACTIONS.join(', ')} or a mapping with action, rule, weight, level`
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
const ONE_OF = 'must have either path or url'

const requestSchema = z
  .strictObject({
    path: text('must be a path such as /feed.xml')
      .regex(/^\//, 'must be a path such as /feed.xml')
      .exactOptional()
      .describe('The request target: path and query.'),
    url: text('must be a URL such as https://example.org/feed.xml')
      .regex(/^https?:\/\/[^/?#]/i, 'must be a URL such as https://example.org/feed.xml')
      .exactOptional()
      .describe('Scheme, host and target in one.'),
    method: text('must be a method')
      .regex(/^[A-Z-]{1,40}$/, 'must be a method such as GET')
      .prefault('GET'),
    headers: z
      .record(
        z.string().regex(HEADER_NAME, 'must be the name of a header'),
        z.union([
          text('must be a text or a list of texts'),
          z.array(text('must be a text')).max(MOST_HEADERS),
        ]),
      )
      .refine((map) => Object.keys(map).length <= MOST_HEADERS, `must name at most ${MOST_HEADERS} headers`)
      .prefault({})
      .describe('Header name → its value, or a list for several lines of that name.'),
    user_agent: text('must be a text').exactOptional().describe('The User-Agent header.'),
    ip: z
      .string('must be an address')
      .refine((ip) => parseAddress(ip) !== undefined, 'must be an address')
      .exactOptional()
      .describe('Address of the client; absent: one of the documentation (203.0.113.1).'),
    host: text('must be a host').exactOptional().describe('The Host header.'),
  })
  .refine(({ path, url }) => path === undefined || url === undefined, ONE_OF)
  .describe('The request; what it does not say is absent from it.')

const namesSchema = (what: string) =>
  z.array(text(what), `must be a list: ${what}`).max(MOST_NAMES, `must have at most ${MOST_NAMES} entries`)

const clientSchema = z
  .strictObject({
    country: z
      .string('must be a country code such as NO')
      .regex(/^[A-Za-z]{2}$/, 'must be a country code such as NO')
      .transform((code) => code.toUpperCase())
      .exactOptional(),
    asn: z.int('must be a number').min(0, 'must be a number').max(4_294_967_295).exactOptional(),
    names: namesSchema('must be a host name')
      .exactOptional()
      .describe('Names that the address has, each of which leads back to it.'),
    lists: namesSchema('must be the name of a list')
      .exactOptional()
      .describe('The lists (see lists) that have the address.'),
    counts: z
      .partialRecord(z.enum(COUNTED), z.int('must be a number').min(0, 'must be a number'))
      .exactOptional()
      .describe('What was counted of it so far, whatever the window.'),
  })
  .describe('What is known of the client besides its request; absent: nothing.')

/** What a test expects; what is absent may be anything. */
export interface ExpectedVerdict {
  readonly action?: (typeof ACTIONS)[number]
  readonly rule?: string
  readonly weight?: number
  readonly level?: number
}

const expectSchema = z
  .union(
    [
      z.enum(ACTIONS).transform((action): ExpectedVerdict => ({ action })),
      z
        .strictObject({
          action: z.enum(ACTIONS).exactOptional(),
          rule: text('must be the name of a rule').exactOptional(),
          weight: z.int('must be a whole number').exactOptional(),
          level: z.int('must be a whole number').min(0).max(255).exactOptional(),
        })
        .refine((expected) => Object.keys(expected).length > 0, 'must expect something'),
    ],
    ACTION_FAULT,
  )
  .describe('What the rules must say of it: an action, or a mapping with action, rule, weight, level.')

const policyTestSchema = z
  .strictObject({
    name: z.string(NAME_FAULT).min(1, NAME_FAULT).max(200, NAME_FAULT).exactOptional(),
    request: requestSchema,
    client: clientSchema.exactOptional(),
    expect: expectSchema,
  })
  .describe('One test: a request and what the rules must say of it.')

/** `tests`: requests and what the rules must say of them; run by `tollgate check`. */
export const policyTestsSchema = z
  .array(policyTestSchema, 'must be a list of tests')
  .max(MOST_TESTS, `must have at most ${MOST_TESTS} tests`)
  .prefault([])
  .describe('Requests and what the rules must say of them; tollgate check runs them.')

/** One test of a policy. */
export type PolicyTest = z.output<typeof policyTestSchema>
/** What a test says of its client besides the request. */
export type KnownClient = NonNullable<PolicyTest['client']>
