import { z } from 'zod'

const FAULT = 'must be a status from 200 to 599'

const statusCode = z.int(FAULT).min(200, FAULT).max(599, FAULT).prefault(403)

/** `status_codes`: the HTTP status of each page that the gateway shows instead of the site. */
export const statusCodesSchema = z
  .strictObject({
    CHALLENGE: statusCode.describe('Status of a challenge.'),
    DENY: statusCode.describe('Status of a refusal.'),
  })
  .prefault({})
  .describe('HTTP status of what is shown instead of the site.')
