import { z } from 'zod'
import { duration, filePath } from '../base/scalars.ts'

const COOKIE_FAULT = 'must be a cookie name of letters, digits, "-", "_" and "."'
const DOMAIN_FAULT = 'must be a domain such as example.org'

const cookieSchema = z
  .strictObject({
    name: z
      .string(COOKIE_FAULT)
      .regex(/^[A-Za-z0-9._-]{1,64}$/, COOKIE_FAULT)
      .refine(
        (name) => !/^__(?:host|secure)-/i.test(name),
        'must not bring a prefix; it is added where it is due',
      )
      .prefault('tollgate-pass')
      .describe('Name of the cookie; on https without a domain it gets the prefix __Host-.'),
    domain: z
      .string(DOMAIN_FAULT)
      .regex(/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/, DOMAIN_FAULT)
      .max(253, DOMAIN_FAULT)
      .exactOptional()
      .describe('Domain whose hosts share the pass; absent: the host that issued it alone.'),
  })
  .prefault({})
  .describe('The cookie that carries the pass.')

/** `pass`: what a visitor earns. */
export const passSchema = z
  .strictObject({
    ttl: duration({ min: '10s', max: '400d' }).prefault('7d').describe('How long a pass is good.'),
    key_file: filePath()
      .exactOptional()
      .describe('Private key (PKCS#8 PEM) that signs passes; absent: a new one at each start.'),
    algorithm: z
      .literal('EdDSA', { error: 'must be EdDSA' })
      .prefault('EdDSA')
      .describe('How passes are signed.'),
    bind: z
      .enum(['none', 'prefix'])
      .prefault('none')
      .describe('Bind a pass to the network of its visitor (prefix: IPv4 /24, IPv6 /64) or not (none).'),
    cookie: cookieSchema,
  })
  .prefault({})
  .describe('What a visitor earns by solving a challenge.')
